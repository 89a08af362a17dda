#!/usr/bin/env python
"""Django's command line for Splitcheck."""

import os
import sys

from assess.command_line import main

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assess.settings")
    main(sys.argv)
