"""Where the frozen program begins."""

import multiprocessing

from desktop.cli import main

if __name__ == "__main__":
    # A process that reads beside a merge begins here as well, and goes another way.
    multiprocessing.freeze_support()
    main()
