"""What the kernel says of a bundle, with what this ledger knows beside: roots, moves and former superiors."""

from __future__ import annotations

import base64
import dataclasses

from desktop.store.ledger import Ledger
from desktop.store.peers import holdings, links
from desktop.store.queries import missing_units
from desktop.sync import trust
from desktop.sync.authority import station
from desktop.sync.bundles import envelope
from desktop.sync.bundles.envelope import OpenedBundle
from desktop.sync.errors import (
    DelegationOutOfScope,
    FormerSuperior,
    GrantGone,
    NotGranted,
    RegisteredElsewhere,
    ReplacedReceiver,
    SuperiorMoved,
    UnitMoved,
    UnitNotKnown,
    WrongDirection,
    WrongReceiver,
)
from desktop.sync.merging.intake import Intake
from desktop.sync.merging.results import BundleResult
from desktop.sync.signed import certificates
from desktop.sync.signed.manifest import DOWN, UP
from desktop.sync.signed.roots import History
from desktop.sync.signed.words import fingerprint
from desktop.sync.trust import TrustState, Verdict


class Verdicts:
    """One for a merge within which the judge may be called anew."""

    def __init__(self, ledger: Ledger, intake: Intake) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._intake = intake

    def verdict(self, bundle: OpenedBundle, result: BundleResult) -> Verdict:
        """Rule 29: what a bundle from above says of new roots is followed first, for it may be signed under one."""
        heard = self._heard(bundle)
        if heard is not None:
            state = dataclasses.replace(
                self._intake.judge.state, roots=frozenset(heard.known), former=heard.former
            )
            verdict = self._judged(bundle, state)
            if verdict.manifest.kind == DOWN:
                before = station.history(self._db).now.certificates
                station.keep_history(self._ledger, heard)
                self._intake.judge_anew()
                # Of a statement that only takes a root away, those that are left are told.
                now = sorted(heard.now.certificates - before or heard.now.certificates)
                found = (certificates.parse(der) for der in now)
                result.new_roots = tuple(str(fingerprint(root.claims.public_key)) for root in found)
                return verdict
        verdict = self._judged(bundle, self._intake.judge.state)
        if verdict.manifest.kind == UP:
            self._intake.judge.check_key(verdict.manifest, verdict.sender)
        return verdict

    def _judged(self, bundle: OpenedBundle, state: TrustState) -> Verdict:
        """The kernel's verdict; where a unit was moved, that is why, and says what to do."""
        try:
            return envelope.judge(bundle, state)
        except (DelegationOutOfScope, UnitNotKnown) as problem:
            sender = certificates.parse(bundle.chain[0])
            if holdings.was_moved(self._db, self._intake.judge.granted_units(sender.station)):
                raise UnitMoved(problem.detail) from problem
            if isinstance(problem, DelegationOutOfScope) and self._superior_moved(bundle):
                raise SuperiorMoved(problem.detail) from problem
            if problem.detail in missing_units.registered_elsewhere(self._db):
                raise RegisteredElsewhere(problem.detail) from problem
            raise
        except NotGranted as problem:
            # That which has come is not on its way, be it from above or with a file.
            senders = certificates.parse(bundle.chain[0])
            text = base64.b64encode(senders.der).decode()
            if missing_units.is_grant_lost(self._db, text, senders.issuer_station):
                raise GrantGone(problem.detail) from problem
            raise
        except WrongReceiver as problem:
            if trust.is_out(state, problem.detail):
                raise ReplacedReceiver(problem.detail) from problem
            raise
        except WrongDirection as problem:
            if links.was_above(self._db, certificates.parse(bundle.chain[0]).station):
                raise FormerSuperior(problem.detail) from problem
            raise

    def _superior_moved(self, bundle: OpenedBundle) -> bool:
        """Whether a unit above the sender's has another superior by now.

        Of its own one this station may know it by its certificate alone: who has enrolled it may not have heard.
        """
        before = {chain[0] for chain in station.chains_before(self._ledger)}
        above = bundle.chain[1:]
        units = {unit for der in above for unit in certificates.parse(der).claims.units}
        return not before.isdisjoint(above) or holdings.was_moved(self._db, units)

    def _heard(self, bundle: OpenedBundle) -> History | None:
        """The roots after the statements of a bundle that says it is from the level above, if that changes them."""
        if not bundle.roots:
            return None
        link = links.link_to(self._db, certificates.parse(bundle.chain[0]).station)
        if link is None or not link.upward:
            return None
        held = station.history(self._db)
        heard = held.followed(bundle.roots)
        return heard if heard != held else None
