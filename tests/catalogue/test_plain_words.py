"""Plain words: names of methods stand in the definitions of the appendix and nowhere else."""

import re

from qbr_lib.measures import REGISTRY
from qbr_lib.measures.process import TERMS
from qbr_lib.present.looked_back import SMALL_PRINT
from qbr_lib.words import extract

METHODS = re.compile(
    r"""LMDI | Shapley | Wilson | Newcombe | bootstrap | shrink | Bayes | Aalen | Johansen | Kaplan
    | Greenland | Mantel | Benjamini | \bp[ -](value|Wert)\b | signifi[ck]an | confiden | Konfiden
    | percentile | Perzentil | quantil | \bmedian | standard\ (deviation|error) | Standard(abw|fehl)
    | variance | Varianz | regression | \bP[159]0\b | \bskill | calibrat | kalibrier | \bE-(value|Wert)
    | Marko[vw] | hypothes | logarithm | CRPS | posterior | \bprior\b | \bintervall?s?\b
    | \bdistribution | correlat | korrelat | \bnaive | z-score | likelihood\b | Poisson | binomial
    | exponential | hazard | surviv | cohort | Kohorte | decompos | residual | outlier
    | Ausreißer | incidence | Inzidenz | stochasti""",
    re.IGNORECASE | re.VERBOSE,
)
# What the definitions of the appendix say; names stand on the main page as well.
DEFINED = {text for one in REGISTRY.values() for text in (one.formula, one.rivals)} | {
    meaning for _, meaning in (*TERMS, *SMALL_PRINT)
}
NAMES = {one.name for one in REGISTRY.values()} | {name for name, _ in TERMS}
# Templates of files that an analyst edits, and the notebooks' own guidance, are no page.
ELSEWHERE = (".j2", ".ipynb")


def _texts(value):
    return value if isinstance(value, tuple | list) else (value,)


def _spoken():
    """Yield each text that a page may say, in both languages."""
    german = extract.read("de")
    for message in extract.gather():
        places = [place for place, _ in message.locations]
        if message.id and not all(place.endswith(ELSEWHERE) for place in places):
            yield from ((message.id, one) for one in _texts(message.id))
            yield from ((message.id, one) for one in _texts(german.get(message.id).string))


def test_no_text_names_a_method():
    """Whatever a page may come to say, in any branch and both languages, is in plain words."""
    told = [
        text
        for message, text in _spoken()
        if message not in DEFINED - NAMES and METHODS.search(text)
    ]
    assert told == []


def test_definitions_do():
    """The search finds what it is for, where it may stand."""
    assert any(METHODS.search(text) for text in DEFINED)
    assert METHODS.search("Konfidenzintervall")
    assert not METHODS.search("in the same intermediate likely")
