"""``python -m desktop`` is the same as the command ``xiaosanji``."""

from desktop.cli import main

if __name__ == "__main__":
    main()
