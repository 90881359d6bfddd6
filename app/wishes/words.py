"""What the pages of wishes have in common."""

from collections.abc import Mapping

from loans.rules.purchases import PurchaseState

TONES: Mapping[PurchaseState, str] = {
    PurchaseState.OPEN: "warn",
    PurchaseState.ORDERED: "info",
    PurchaseState.FULFILLED: "ok",
    PurchaseState.DECLINED: "",
}
