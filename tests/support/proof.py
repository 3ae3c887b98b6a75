"""The size of the long proofs: in full with PROVE=1 (`make prove`), a sample of each otherwise."""

import os

IN_FULL = os.environ.get("PROVE", "") not in ("", "0")
