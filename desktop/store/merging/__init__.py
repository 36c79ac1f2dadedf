"""One merge inside one transaction: staged, counted, taken out, forgotten, and told of."""
