"""Every mutant, by the part of the program that loses something."""

from tests.mutants.planted.front import FRONT
from tests.mutants.planted.ledger import LEDGER
from tests.mutants.planted.memory import MEMORY
from tests.mutants.planted.platforms import PLATFORMS
from tests.mutants.planted.shop import SHOP

MUTANTS = (*FRONT, *MEMORY, *LEDGER, *PLATFORMS, *SHOP)
