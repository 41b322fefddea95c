"""The sample's workspace under names that try to run, to be filled in, to overflow or to turn."""

from itertools import cycle, islice

from tests.notebooks import shipped

SCRIPT = "<script>alert(1)</script>"
LONG = "Donaudampfschifffahrt" * 15  # 315 letters without a space
TURNED = "שלום חברה 2026 (א)"
TEXTS = (
    SCRIPT,
    "=1+1",
    "{{7*7}}",
    LONG,
    TURNED,
    '"><img src=x onerror=alert(2)>',
    "{quarter} %s %(x)s ${HOME}",
    "$\\alpha$ $x^2$",
    '=HYPERLINK("http://evil.example","y")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{% raw %} {# x #} <!--",
    "\u202eexe.gnp",
    "&lt;b&gt; &amp;",
    "</details></table></main><h1>x",
)
TEAM = f"=1+1 {SCRIPT} {{{{7*7}}}} {{quarter}} %s $x^2$ {TURNED}"
GROUP = f"{LONG}{SCRIPT}"


def _named(count, offset=0):
    return list(islice(cycle(TEXTS), offset, offset + count))


def tables():
    """Make the tables of one team, every free text of them hostile."""
    made = shipped.tables()
    deals = made["opportunities"]
    texts = ("name", "lead_source", "product", "segment", "territory")
    deals = deals.assign(**{one: _named(len(deals), n) for n, one in enumerate(texts)})
    over = deals["status"] != "open"
    for n, one in enumerate(("reason", "competitor")):
        deals.loc[over, one] = _named(over.sum(), n)
    made["opportunities"] = deals
    for name in ("accounts", "competitor_notes"):
        frame = made[name]
        column = "name" if name == "accounts" else "note"
        made[name] = frame.assign(**{column: _named(len(frame), 3)})
    made["teams"] = made["teams"].assign(name=TEAM, group=GROUP)
    return made
