"""Where the frozen program begins."""

from desktop.cli import main

if __name__ == "__main__":
    main()
