"""What a user does with a workspace and its operators: making, restoring, recovering, erasing, wiping."""
