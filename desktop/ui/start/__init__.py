"""What stands before the main window: choosing, opening and making workspaces."""
