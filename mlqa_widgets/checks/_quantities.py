"""What the name of a column says of the quantity in it: whether it can be nothing or below, and what it measures."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import name_words

if TYPE_CHECKING:
    from mlqa_widgets.profile.profile import Profile

_FEWEST_LOGARITHMS: Final = 10


class Zero(Enum):
    """What a zero means in a quantity of that name."""

    NATURAL = auto()
    """Nothing of it: no rain, no sale, no time."""
    IMPOSSIBLE = auto()
    """Nothing that was measured has none of it: a mass, a blood pressure."""
    UNKNOWN = auto()
    """The name does not say."""


_ALWAYS_NATURAL: Final = frozenset(
    "rain pluie rainfall precipitation precip prcp snow neige snowfall wave tide ice".split()
)
_IMPOSSIBLE: Final = frozenset(
    "mass masse weight poid height taille stature bmi imc glucose insulin insuline pressure pression bp diastolic"
    " systolic tricep skin plasma serum cholesterol chol hdl ldl hemoglobin haemoglobin hemoglobine hgb hematocrit"
    " heart pulse bpm creatinine platelet albumin bilirubin spo2 ph kelvin horsepower"
    " humidity humidite hum hygrometrie".split()
)
_NATURAL: Final = frozenset(
    "count cnt nb nbr num number nombre quantity quantite qty total tot sum somme amount amt montant money argent gain"
    " loss perte profit revenue revenu income salary salaire wage earning fee frais cost cout charge tax taxe impot tip"
    " discount rabais remise balance solde debt dette budget gross sale vente spend spending paid payment paiement"
    " donation capital price prix tarif fare wind vent windspeed gust rafale speed vitesse velocity cloud nuage sun"
    " sunshine solar solaire radiation irradiance visibility duration duree delay retard wait attente time minute min"
    " hour heure second seconde day jour week semaine month mois quarter age tenure stay sejour distance usage score"
    " point goal but win kill death deces case visit visite visitor view vue vote click like share follower order"
    " commande call appel error erreur defect incident accident child children enfant pregnant pregnancy sibling room"
    " garage bathroom bedroom floor basement pool deck porch ratio percent pct percentage pourcentage proportion"
    " fraction probability change delta diff difference variation growth return offset lag residual noise angle"
    " direction bearing latitude longitude lat lon lng concentration dose exposure alcohol cigarette load power"
    " puissance energy energie current courant voltage tension output production consumption consommation traffic flow"
    " debit stock inventory rank rang position rating note grade level niveau degree step review comment page".split()
)
_PRICE: Final = frozenset("price prix tarif".split())
_MONEY: Final = _PRICE | frozenset("salary salaire wage".split())
_LARGEST_LOGARITHM: Final = 12.0
_SIGNED: Final = frozenset(
    "delta diff difference change variation growth croissance balance solde net profit gain loss perte return delay"
    " retard lag lead offset error erreur residual anomaly anomalie score sentiment temp temperature tmin tmax celsius"
    " fahrenheit oat dew dewpoint latitude longitude lat lon lng floor etage level niveau timezone tz utc elevation"
    " altitude alt depth angle direction slope pente trend charge coefficient coef beta log ln zscore index correlation"
    " margin marge adjustment ajustement correction deviation ecart shift drift velocity acceleration voltage current"
    " cash flow pnl x y z".split()
)
_NEVER_NEGATIVE: Final = frozenset(
    "age count cnt nb nbr nombre quantity quantite qty price prix weight poid mass masse height hauteur taille length"
    " longueur width largeur duration duree distance area surface superficie population size speed vitesse humidity"
    " humidite pressure pression rainfall precipitation volume room bedroom bathroom passenger passager salary salaire"
    " wage mileage kilometrage horsepower bmi imc pulse glucose stock".split()
)
_MEASURES: Final[dict[str, frozenset[str]]] = {
    "temperature": frozenset(
        "temp temperature tmin tmax tavg tmean atemp oat celsius fahrenheit degc degf dewpoint dew dewp".split()
    ),
    "weight": frozenset("weight poid mass masse kg lb pound kilo gram gramme wt load".split()),
    "length": frozenset(
        "height hauteur taille length longueur width largeur depth profondeur diameter diametre circumference waist"
        " stature size cm inch".split()
    ),
    "distance": frozenset("distance mile mileage km kilometre kilometrage speed vitesse range trip trajet".split()),
}


def meaning_of_zero(column: ColumnProfile) -> Zero:
    """Return what a zero means in a column of that name; the last telling word decides."""
    words = name_words(column.name)
    if not _ALWAYS_NATURAL.isdisjoint(words):
        return Zero.NATURAL
    for word in reversed(words):
        if word in _IMPOSSIBLE:
            return Zero.IMPOSSIBLE
        if word in _NATURAL:
            return Zero.NATURAL
    return Zero.UNKNOWN


def is_price(column: ColumnProfile) -> bool:
    """Return whether the name says the price of something, which is rarely nothing."""
    return not _PRICE.isdisjoint(name_words(column.name))


def may_be_negative(column: ColumnProfile) -> bool:
    """Return whether the name says a difference, a place on a scale, or anything else that goes below zero."""
    return not _SIGNED.isdisjoint(name_words(column.name))


def never_negative(column: ColumnProfile) -> bool:
    """Return whether the name says a quantity that cannot be below zero.

    Small fractional amounts of money may be their logarithms, which can.
    """
    words = name_words(column.name)
    summary = column.numeric
    may_be_logarithm = summary is not None and not summary.integral and summary.maximum <= _LARGEST_LOGARITHM
    if may_be_logarithm and not _MONEY.isdisjoint(words):
        return False
    return not _NEVER_NEGATIVE.isdisjoint(words) and not may_be_negative(column)


def measures(column: ColumnProfile, what: Literal["temperature", "weight", "length", "distance"]) -> bool:
    """Return whether the name says that this is measured; ``_c`` and ``_f`` at its end say temperature."""
    words = name_words(column.name)
    ends_in_degrees = what == "temperature" and len(words) > 1 and words[-1] in ("c", "f")
    return ends_in_degrees or not _MEASURES[what].isdisjoint(words)


def logarithm_of(profile: Profile, column: ColumnProfile) -> ColumnProfile | None:
    """Return the column of which this one holds the natural logarithms, or None.

    Told by the values and how often each occurs. A zero in it is the logarithm of one, and no stand-in.
    """
    if not column.is_numeric or not column.complete or column.distinct < _FEWEST_LOGARITHMS:
        return None
    order = np.argsort(column.numbers)
    logarithms, counts = column.numbers[order], column.counts[order]
    for other in profile.columns:
        if other is column or not other.is_numeric or not other.complete or len(other.counts) != len(counts):
            continue
        rising = np.argsort(other.numbers)
        if not np.array_equal(other.counts[rising], counts) or other.numbers[rising[0]] <= 0:
            continue
        if np.allclose(np.log(other.numbers[rising]), logarithms, rtol=1e-4, atol=1e-4):
            return other
    return None
