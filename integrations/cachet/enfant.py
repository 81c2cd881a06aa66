"""The child of `isole`: one PDF in, one state out, then the end. Started as `python -m integrations.cachet.enfant MEMOIRE`."""

import sys

from integrations.cachet.isole import ecrire, limiter
from integrations.cachet.pyhanko_cachet import CachetPyhanko
from integrations.cachet.trousseau import Trousseau

if __name__ == "__main__":
    limiter(int(sys.argv[1]))
    sys.stdout.write(ecrire(CachetPyhanko(Trousseau()).controler(sys.stdin.buffer.read())))
