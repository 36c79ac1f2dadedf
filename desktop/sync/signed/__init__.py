"""Who signs, and what they sign: keys, certificates, root statements, manifests, signatures of persons."""
