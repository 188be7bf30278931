"""What a card file is: the vocabulary of the layout. The files themselves are declared in the modules beside this one."""

from __future__ import annotations
