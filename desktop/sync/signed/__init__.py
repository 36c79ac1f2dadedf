"""Who signs, and what they sign: keys, certificates and the tree of units, root statements, manifests, signatures."""
