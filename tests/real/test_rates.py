"""What the win rates of a real export may claim: of three quarters nothing."""

import pandas as pd
import pytest
from scipy import stats

from qbr_lib.data import slices
from qbr_lib.metrics import explained, patterns, rates, stages

pytestmark = pytest.mark.real


@pytest.fixture(params=["2017-Q2", "2017-Q3", "2017-Q4"])
def company(request, opened):
    """Return the whole organisation in each quarter that the data holds whole."""
    place, prepared = opened("maven_crm")
    quarter = slices.check_quarter(prepared, place.organisation, request.param)
    return slices.load(prepared, place, team="company", quarter=quarter)


def test_no_pattern(company):
    """Three whole quarters are too few to call anything a pattern; nothing is known of stages."""
    claims = [*rates.claims(rates.tables(company)), *stages.claims(stages.funnel(company))]
    assert not patterns.judged(claims)["pattern"].any()


def test_priors_find_no_difference(company):
    """Over a quarter and more neither products nor segments differ in any detectable way.

    Before the first quarter lies a single month, of which one segment seems to stand out.
    """
    known = company.tables["priors"]
    assert known["column"].tolist() == ["product", "segment"]
    assert (known["strength"] == 1000).all() == (str(company.quarter) != "2017-Q2")


def test_no_rep_or_account_is_named(company):
    """Thirty reps and 85 accounts differ by no more than luck: the review claims nothing of them."""
    told = explained.explain(company)
    assert not told.judged["pattern"].any()
    people = {*company.opportunities["owner_id"], *company.opportunities["account_id"]}
    assert not people & {*told.judged["subject"]}
    units = company.opportunities.loc[company.opportunities["status"] != "open"]
    for column in ("owner_id", "account_id"):
        table = pd.crosstab(units[column], units["status"])
        assert stats.chi2_contingency(table).pvalue > 0.05
