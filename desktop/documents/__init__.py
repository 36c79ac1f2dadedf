"""What is put on paper: official letters, sheets, lists, Excel in and out."""
