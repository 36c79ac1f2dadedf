"""The encrypted file and its tables: engine, columns of the declarations, schema, clock and values to be written."""
