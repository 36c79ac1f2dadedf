"""What is put on paper, looked at first: the preview, what a job prints and saves, periods, runs of letters."""
