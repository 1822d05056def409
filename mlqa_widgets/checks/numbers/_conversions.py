"""Units of measure that can be converted into each other, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

_TO_BASE: Final[dict[str, dict[str, float]]] = {
    "mass": {"µg": 1e-6, "mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6, "oz": 28.349523125, "lb": 453.59237},
    "length": {
        "nm": 1e-9,
        "µm": 1e-6,
        "mm": 1e-3,
        "cm": 1e-2,
        "m": 1,
        "km": 1e3,
        "in": 0.0254,
        "ft": 0.3048,
        "yd": 0.9144,
        "mi": 1609.344,
    },
    "area": {"m²": 1, "km²": 1e6, "ha": 1e4, "ft²": 0.09290304, "acre": 4046.8564224},
    "volume": {
        "ml": 1e-3,
        "cl": 1e-2,
        "dl": 0.1,
        "l": 1,
        "m³": 1e3,
        "cm³": 1e-3,
        "ft³": 28.316846592,
        "gal": 3.785411784,
        "fl oz": 0.0295735295625,
    },
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 1852 / 3600},
    "time": {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "day": 86400, "week": 604800},
    "pressure": {"Pa": 1, "hPa": 100, "mbar": 100, "kPa": 1e3, "bar": 1e5, "psi": 6894.757293168},
    "energy": {"kJ": 1e3, "cal": 4.184, "kcal": 4184, "kWh": 3.6e6, "MWh": 3.6e9},
    "power": {"W": 1, "mW": 1e-3, "kW": 1e3, "MW": 1e6, "GW": 1e9, "hp": 745.69987158227},
    "data": {"byte": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    "frequency": {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "tension": {"mV": 1e-3, "V": 1, "kV": 1e3, "MV": 1e6},
    "concentration": {"µg/m³": 1e-6, "mg/l": 1, "mg/dl": 10, "g/l": 1e3, "kg/m³": 1e3},
}
_DIMENSION: Final = {unit: dimension for dimension, units in _TO_BASE.items() for unit in units}
_TEMPERATURES: Final = frozenset({"°C", "°F"})


def dimension_of(unit: str) -> str:
    """Return what a unit measures; empty when it is not known."""
    return "temperature" if unit in _TEMPERATURES else _DIMENSION.get(unit, "")


@dataclass(frozen=True)
class Conversion:
    """From a quantity in the unit most values have, to the same in another: ``other = factor * usual + offset``."""

    factor: float
    offset: float = 0.0
    says: str = ""
    """What it may be, in words: ``as pounds are to kilograms``."""

    def to_other(self, usual: np.ndarray | float) -> np.ndarray | float:
        """Convert into the other unit."""
        return usual * self.factor + self.offset

    def to_usual(self, other: np.ndarray | float) -> np.ndarray | float:
        """Convert back."""
        return (other - self.offset) / self.factor

    def code(self, expression: str) -> str:
        """Return the expression that converts ``expression`` back into the usual unit."""
        if self.offset > 0:
            return f"({expression} - 32) / 1.8"
        if self.offset < 0:
            return f"{expression} * 1.8 + 32"
        inverse = 1 / self.factor
        if self.factor < 1 and abs(inverse - round(inverse)) < 1e-9 * inverse:
            return f"{expression} * {round(inverse)}"
        if float(f"{self.factor:.10g}") == self.factor:
            return f"{expression} / {self.factor:.10g}"
        return f"{expression} * {inverse:.12g}"


FAHRENHEIT: Final = Conversion(1.8, 32.0, "like degrees Fahrenheit among Celsius")
CELSIUS: Final = Conversion(1 / 1.8, -32 / 1.8, "like degrees Celsius among Fahrenheit")


def between(usual: str, other: str) -> Conversion:
    """Return the conversion between two units of one dimension."""
    if usual in _TEMPERATURES:
        return FAHRENHEIT if other == "°F" else CELSIUS
    scale = _TO_BASE[_DIMENSION[usual]]
    return Conversion(scale[usual] / scale[other])


def units_by_dimension() -> tuple[tuple[str, ...], ...]:
    """Return the units that are multiples of each other, dimension by dimension."""
    return tuple(tuple(units) for units in _TO_BASE.values())
