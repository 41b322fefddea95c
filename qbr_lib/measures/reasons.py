"""Why a measure can be unavailable, as message ids; what stands in braces comes with it."""

from __future__ import annotations

from qbr_lib.measures.definition import N_

NO_CLOSINGS = N_("no deal was won or lost in {quarter}")
NO_WON = N_("no deal was won in {quarter}")
NO_LOST = N_("no deal was lost in {quarter}")
NO_TARGET = N_("no target is recorded for {quarter}: it belongs in the table “targets”")
ZERO_TARGET = N_("the target for {quarter} is 0")
NO_HISTORY = N_("needs opportunity_events or opportunity_snapshots")
NO_SNAPSHOT = N_("the history starts after {day}, the day before the quarter")
NO_EARLIER = N_("the data holds no won deal in {quarter}")
CUT_QUARTER = N_("the data begins within {quarter}")
NO_CREATED = N_("needs the column created_on of opportunities")
NO_CREATED_DEALS = N_("no deal was created in {quarter}")
NO_EXPECTED = N_("needs the column expected_close_on of opportunities")
NOT_YET = N_("week {week} of {quarter} has not begun")
TARGET_REACHED = N_("the target for {quarter} was reached before week {week}")
NO_AMOUNTS = N_("the lost deals carry no amount")
