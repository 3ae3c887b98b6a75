"""The id of this process, for what asks for it so often that the system call would show."""

import os
from functools import cache

process_id = cache(os.getpid)
os.register_at_fork(after_in_child=process_id.cache_clear)
