"""Pages made by hand, on the same workbench and widgets as the generated lists and forms."""
