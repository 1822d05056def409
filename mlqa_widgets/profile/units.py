"""Spellings of units, currencies and magnitudes, in English and French."""

from __future__ import annotations

from typing import Final

_CURRENCY_CODES: Final = (
    "AED ARS AUD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KRW MAD MXN MYR NGN NOK "
    "NZD PEN PHP PLN RON RUB SAR SEK SGD THB TND TRY TWD UAH USD VND XAF XOF ZAR"
)
CURRENCIES: Final[dict[str, str]] = {
    **{code: code for code in _CURRENCY_CODES.split()},
    **dict.fromkeys(("$", "US$", "usd", "dollar", "dollars", "Dollars"), "USD"),
    **dict.fromkeys(("C$", "CA$", "CAN$", "CDN$", "CDN", "cad"), "CAD"),
    **dict.fromkeys(("€", "eur", "Eur", "euro", "euros", "Euro", "Euros"), "EUR"),
    **dict.fromkeys(("£", "gbp"), "GBP"),
    **dict.fromkeys(("¥", "yen"), "JPY"),
    **dict.fromkeys(("Fr", "SFr", "sFr", "chf"), "CHF"),
    **dict.fromkeys(("₹", "Rs"), "INR"),
    **dict.fromkeys(("¢", "cents"), "cent"),
    **dict(zip(("A$", "AU$", "NZ$", "HK$", "R$", "MX$"), ("AUD", "AUD", "NZD", "HKD", "BRL", "MXN"), strict=True)),
    **dict(zip("₩₽₺₪฿", ("KRW", "RUB", "TRY", "ILS", "THB"), strict=True)),
    **dict(zip(("zł", "Kč", "FCFA"), ("PLN", "CZK", "XOF"), strict=True)),
}
"""Currency signs, codes and words, without points. A bare dollar sign has the key of US dollars."""

MAGNITUDES: Final[dict[str, float]] = {
    **dict.fromkeys(("k", "K", "thousand", "mille"), 1e3),
    **dict.fromkeys(("M", "mn", "Mn", "mio", "Mio", "million", "millions", "Million", "Millions"), 1e6),
    **dict.fromkeys(("B", "bn", "Bn", "mrd", "Mrd", "milliard", "milliards"), 1e9),
    **dict.fromkeys(("billion", "billions", "Billion", "Billions"), 1e9),
    **dict.fromkeys(("tn", "trillion", "trillions"), 1e12),
}
"""What a magnitude multiplies by. A lone ``m`` is a metre."""

_UNIT_SPELLINGS: Final[dict[str, str]] = {
    "%": "%, pct, percent, per cent, pour cent",
    "‰": "‰, permille",
    "mg": "mg, mgs, milligram, milligrams, milligramme, milligrammes",
    "µg": "µg, μg, ug, mcg, microgram, micrograms",
    "g": "g, gr, gm, gms, gram, grams, gramme, grammes",
    "kg": "kg, kgs, kilo, kilos, kilogram, kilograms, kilogramme, kilogrammes",
    "t": "tonne, tonnes, ton, tons",
    "oz": "oz, ozs, ounce, ounces, once, onces",
    "lb": "lb, lbs, pound, pounds, livre, livres",
    "fl oz": "floz, fl oz, fluid ounce, fluid ounces",
    "ml": "ml, millilitre, millilitres, milliliter, milliliters",
    "cl": "cl",
    "dl": "dl",
    "l": "l, ltr, litre, litres, liter, liters",
    "gal": "gal, gallon, gallons",
    "nm": "nm",
    "µm": "µm, μm, um, micron, microns",
    "mm": "mm, millimetre, millimetres, millimeter, millimeters",
    "cm": "cm, cms, centimetre, centimetres, centimeter, centimeters",
    "m": "m, metre, metres, meter, meters, mètre, mètres",
    "km": "km, kms, kilometre, kilometres, kilometer, kilometers, kilomètre, kilomètres",
    "in": 'in, inch, inches, pouce, pouces, ", ″',
    "ft": "ft, foot, feet, pied, pieds, ', \N{PRIME}",
    "yd": "yd, yds, yard, yards",
    "mi": "mi, mile, miles",
    "m²": "m², m2, sqm, sq m",
    "km²": "km², km2, sq km",
    "ha": "ha, hectare, hectares",
    "ft²": "ft², ft2, sqft, sq ft, square feet",
    "acre": "acre, acres, ac",
    "m³": "m³, m3",
    "cm³": "cm³, cm3, cc",
    "ft³": "ft³, ft3",
    "km/h": "km/h, kmh, kph, km/hr",
    "mph": "mph, mi/h, mi/hr",
    "m/s": "m/s",
    "kn": "kn, kt, kts, knot, knots",
    "°C": "°c, ℃, deg c, celsius",
    "°F": "°f, ℉, deg f, fahrenheit",
    "°": "°, deg, degree, degrees, degré, degrés",
    "ms": "ms, msec, millisecond, milliseconds",
    "s": "s, sec, secs, second, seconds, seconde, secondes",
    "min": "min, mins, minute, minutes",
    "h": "h, hr, hrs, hour, hours, heure, heures",
    "day": "day, days, jour, jours",
    "week": "week, weeks, wk, wks, semaine, semaines",
    "month": "month, months, mo, mos, mois",
    "year": "year, years, yr, yrs, yo, an, ans, année, années",
    "byte": "byte, bytes",
    "kB": "kb, kib",
    "MB": "mb, mib",
    "GB": "gb, gib",
    "TB": "tb, tib",
    "Hz": "hz",
    "kHz": "khz",
    "MHz": "mhz",
    "GHz": "ghz",
    "rpm": "rpm",
    "W": "w, watt, watts",
    "kW": "kw",
    "kWh": "kwh",
    "MWh": "mwh",
    "hp": "hp, bhp",
    "V": "v, volt, volts",
    "kV": "kv",
    "mA": "ma",
    "mAh": "mah",
    "Ω": "Ω, ω, ohm, ohms",
    "Pa": "pa",
    "hPa": "hpa",
    "kPa": "kpa",
    "bar": "bar, bars",
    "mbar": "mbar",
    "psi": "psi",
    "kJ": "kj",
    "cal": "cal",
    "kcal": "kcal",
    "dB": "db",
    "mg/l": "mg/l",
    "mg/dl": "mg/dl",
    "g/l": "g/l",
    "µg/m³": "µg/m³, μg/m³, ug/m3, µg/m3",
    "kg/m³": "kg/m³, kg/m3",
    "kg/m²": "kg/m², kg/m2",
    "mmol/l": "mmol/l",
    "ppm": "ppm",
    "ppb": "ppb",
    "mpg": "mpg",
}
UNIT_KEYS: Final[dict[str, str]] = {
    spelling: key for key, spellings in _UNIT_SPELLINGS.items() for spelling in spellings.split(", ")
}
"""The key of every spelling of a unit, in lower case and without points."""

CASED_UNITS: Final[dict[str, str]] = {
    "mW": "mW",
    "MW": "MW",
    "GW": "GW",
    "mV": "mV",
    "MV": "MV",
    "MM": "mm",
    "C": "°C",
    "F": "°F",
}
"""Units that differ from another only in case, and letters that are a unit after a blank."""
