"""The tree of everything the program can explain to a person.

InspectorError
├── RuleError                 the register's rules do not allow it
│   ├── StepForbidden         no such step between two ownership statuses
│   ├── BasisMissing          a step without a document it must rest on
│   ├── GuardUnmet            a step whose other conditions do not hold
│   ├── RoleMayNot            this role may neither accept nor propose it
│   ├── MassExceeded          more would leave a site than is there
│   ├── Immutable             a signed record cannot be changed
│   ├── RuleBroken            another invariant would not hold
│   ├── BatchStepForbidden    a batch cannot go from one state to another
│   ├── Overtaken             a decision on a conflict that somebody answered meanwhile
│   ├── Duplicate             a code that must be unique is taken
│   ├── Incomplete            a record cannot be finished yet
│   ├── ReadingOnly           this role changes nothing
│   ├── NotYourTask           this role leaves such a change to others
│   ├── NotYourRegion         the record lies in a region of others
│   ├── NewerValue            a field holds a word of a newer program
│   ├── CannotUndo, NothingToUndo
│   └── NotFound              a code names nothing in the register
├── InputError                what was typed or read cannot be understood
│   ├── PlaceOutside          a coordinate outside the country
│   ├── BadValue              a field holds what it must not
│   └── NotTiles              a file is no offline map that can be shown
├── RegisterError             the register's file cannot be used
│   ├── NotARegister, TooNew, ReadOnlyRegister, DiskFull, WrongKey, RegisterBusy, Damaged, AlreadyThere
└── ServerError               the central server cannot be used as asked
    ├── FilesStopped          changes are exchanged, some documents and photos are not
    ├── FileNotFetched        an original cannot be had from the server now
    ├── TooMuchWaits, NotTheSame, OtherVersion
    ├── HistoryRewritten      the server's audit log is not the one that this laptop was shown
    ├── NothingUnsent, NoSealingKey, NotHandedIn
    ├── UpgradeRequired, ServerTooOld, OnlyHandedIn, WordsWait
    ├── ServerOff, ServerSlow, ServerNonsense, NotEnrolled, EnrolmentRefused, DemoMismatch, NotTrusted, TooOften
    └── AccessEnded           by LaptopShutOut, PersonRemoved, LaptopUnknown or KeyGone
"""

from typing import ClassVar

from inspector_app.i18n import N_, Regions


class InspectorError(Exception):
    """What a person met, in three sentences: what happened, what was kept, what to do.

    The sentences are message ids of the catalogue; the facts fill their {names}. `code` is what programs branch on.
    """

    happened: ClassVar[str]
    kept: ClassVar[str] = N_("Nothing was changed.")
    advice: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        """Keep the facts that fill the sentences."""
        super().__init__(self.happened.format(**facts))
        self.facts = facts

    @property
    def code(self) -> str:
        """The class's own name, as programs and the server's answers carry it."""
        return type(self).__name__


class RuleError(InspectorError):
    """The register's rules do not allow it."""


class StepForbidden(RuleError):
    """The law knows no such step between two ownership statuses (domain.md 6.3)."""

    happened = N_("{site} cannot go from «{origin}» to «{target}».")
    advice = N_("The next allowed steps are listed on the site page.")


class BasisMissing(RuleError):
    """A step was asked for without a document that it must rest on (domain.md 6.3)."""

    happened = N_("{site} cannot become «{target}» without: {documents}.")
    advice = N_("Attach the document first, then take the step again.")


class GuardUnmet(RuleError):
    """A step's condition other than a document does not hold (domain.md 6.3). `rule` is the sentence of the guard."""

    happened = N_("{site} cannot become «{target}»: {rule}")
    advice = N_("Record what is missing, then take the step again.")


class RoleMayNot(RuleError):
    """The role may neither accept nor propose the step."""

    happened = N_("The role «{role}» may not take the step to «{target}».")
    advice = N_("Ask a {accepts} to take it.")


class MassExceeded(RuleError):
    """More waste would leave an item than remains there (domain.md 6.4, INV-06)."""

    happened = N_("{item}: {asked} cannot be removed, only {remaining} remain.")
    advice = N_("Weigh again, or record a correction of the inventory with its document first.")


class Immutable(RuleError):
    """A signed or closed record cannot be changed (domain.md 6.4, INV-14)."""

    happened = N_("{record} is closed and cannot be changed.")
    advice = N_("Record an amendment that names it.")


class RuleBroken(RuleError):
    """Another rule of domain.md 6.4 would be broken. `rule` is the sentence of the rule, `invariant` its number.

    `field`, where it is given, is the input to correct, so that a form says it there.
    """

    happened = N_("{rule} ({invariant})")
    advice = N_("Correct the value and try again.")


class BatchStepForbidden(RuleError):
    """A removal batch cannot go from its state to another (domain.md 6.2)."""

    happened = N_("Batch {batch} is «{state}» and cannot become «{target}».")
    advice = N_("Follow the batch step by step: planned, loaded, in transit, received, destroyed.")


class Overtaken(RuleError):
    """A conflict was replaced by another one while somebody decided on it (sync.md b.9)."""

    happened = N_("The author of «{field}» went on to another value before this decision came.")
    kept = N_("The decision was not applied; both values are kept.")
    advice = N_("Decide on the newer conflict in the list.")


class Duplicate(RuleError):
    """A code, number or label that must be unique is taken. `field` is the column that holds it."""

    happened = N_("There already is: {what} «{code}».")
    advice = N_("Choose another one, or open the record that has it.")


class Incomplete(RuleError):
    """A record cannot be finished before all that it must hold is there. `missing` names it."""

    happened = N_("{record} is not complete: {missing}.")
    advice = N_("Add what is missing, then finish it again.")


class ReadingOnly(RuleError):
    """The role may look at everything and change nothing."""

    happened = N_("The role «{role}» may look at everything, but not change it.")
    advice = N_("Ask the administrator for another role.")


class NotYourTask(RuleError):
    """The role leaves such a change to others (domain/rights.py). `accepts` are the roles that may do it."""

    happened = N_("The role «{role}» may not change this: {what}.")
    advice = N_("It may be done by: {accepts}.")


class NotYourRegion(RuleError):
    """The record lies in a region that the person was not given. `region` and `regions` are the first two digits of KATO."""

    happened = N_("The record lies in this region: {region}. You work in: {regions}.")
    advice = N_("Ask the administrator for the region, or somebody who works there.")

    def __init__(self, *, region: object, regions: object) -> None:
        """People read the names of the regions."""
        super().__init__(region=Regions(region), regions=Regions(regions))


class NewerValue(RuleError):
    """A field holds a word of a newer program: it is shown as it is, and not changed (sync.md b.12)."""

    happened = N_("«{value}» was written by a newer version of this program and cannot be changed here.")
    advice = N_("Update the program on this laptop, then change it.")


class CannotUndo(RuleError):
    """A command cannot be taken back. `reason` is a sentence of the catalogue."""

    happened = N_("«{command}» cannot be undone: {reason}")
    advice = N_("Correct it by a new entry instead.")


class NothingToUndo(RuleError):
    """No command of this register is left to take back."""

    happened = N_("There is nothing to undo.")


class NotFound(RuleError):
    """A code that a person gave names nothing in the register."""

    happened = N_("There is no {what} «{code}» in this register.")
    advice = N_("Check the spelling, or search for a part of it.")


class InputError(InspectorError):
    """What was typed or read cannot be understood."""


class PlaceOutside(InputError):
    """A coordinate outside Kazakhstan (domain.md 5.2)."""

    happened = N_("{lat}, {lon} lies outside Kazakhstan.")
    advice = N_("Check the order: latitude 40.59 to 55.45 comes first, then longitude 46.49 to 87.35.")


class BadValue(InputError):
    """A field holds what it must not. `reason` is a sentence of the catalogue."""

    happened = N_("{field}: {reason}")
    advice = N_("Correct the value and try again.")


class NotTiles(InputError):
    """The file is no offline map that can be shown. `reason` is a sentence of the catalogue."""

    happened = N_("{file} cannot be shown as a map: {reason}")
    advice = N_("Choose an MBTiles file with pictures, or go on with the built-in map.")


class RegisterError(InspectorError):
    """The register's file cannot be used as asked."""


class NotARegister(RegisterError):
    """The file is no register (or is encrypted and no key was given)."""

    happened = N_("{file} is not a register of this program.")
    kept = N_("The file was not touched.")
    advice = N_("Choose another file. If the register is encrypted, its passphrase is needed.")


class NoSuchRegister(RegisterError):
    """There is no file of that name."""

    happened = N_("There is no register {file}.")
    advice = N_("Check the path, or create one with «inspector new» or «inspector demo».")


class NoScreen(InspectorError):
    """A window was asked for where there is none to be had."""

    happened = N_("There is no screen to open a window on.")
    advice = N_("Start the program on a desktop, or use its commands: inspector --help.")


class NoFolder(RegisterError):
    """The folder in which a file is to be made does not exist."""

    happened = N_("There is no folder {folder}.")
    advice = N_("Make the folder first, or choose another one.")


class TooNew(RegisterError):
    """The register was written by a newer version of the program."""

    happened = N_("{file} was written by a newer version of the program (schema {found}, this program knows {known}).")
    kept = N_("The file was not touched.")
    advice = N_("Update the program, then open the register again.")


class ReadOnlyRegister(RegisterError):
    """The file, its folder or its disk does not allow writing."""

    happened = N_("{file} cannot be written: the file or its folder is read-only.")
    advice = N_("Copy the register to a folder where you may write, or ask for the right to write there.")


class DiskFull(RegisterError):
    """The disk has no room for the transaction, which was rolled back."""

    happened = N_("The disk is full.")
    kept = N_("The last change was not saved; everything before it is safe.")
    advice = N_("Free some space, then repeat the last change.")


class RegisterBusy(RegisterError):
    """Another program held the register longer than we wait."""

    happened = N_("Another program is writing to the register.")
    kept = N_("The last change was not saved; everything before it is safe.")
    advice = N_("Wait until it is done, then repeat the last change.")


class Damaged(RegisterError):
    """The file's integrity check failed."""

    happened = N_("{file} is damaged: {detail}")
    kept = N_("The file was not touched.")
    advice = N_("Restore the newest backup with «inspector restore»; keep the damaged file for the administrator.")


class AlreadyThere(RegisterError):
    """A new file was asked for where one exists."""

    happened = N_("{file} exists already.")
    kept = N_("The file was not touched.")
    advice = N_("Choose another name, or remove the file first.")


class CannotWrite(InspectorError):
    """A paper or an export cannot be written to the place asked for."""

    happened = N_("{file} cannot be written: {detail}")
    kept = N_("No part of the file was left behind.")
    advice = N_("Choose another folder, or free some space.")


class ServerError(InspectorError):
    """The central server cannot be used as asked."""

    kept = N_("All changes stay on this laptop and wait to be sent.")
    retry_after_s: float | None = None
    """How long the server asks to be left alone, where it said so."""


class ServerOff(ServerError):
    """No connection could be made."""

    happened = N_("The central server {url} does not answer.")
    advice = N_("Work goes on offline. Check the connection and sync again later.")


class ServerSlow(ServerError):
    """The server took longer than the time limit."""

    happened = N_("The central server {url} took too long to answer.")
    advice = N_("Nothing is lost. Sync again when the link is better; it goes on where it stopped.")


class ServerNonsense(ServerError):
    """The answer is not of the protocol."""

    happened = N_("{url} gave an answer that is not the central server's ({detail}).")
    advice = N_("Check the address of the server; a hotel or office network may answer in its place.")


class NotEnrolled(ServerError):
    """The register belongs to no server yet."""

    happened = N_("This register is not enrolled with a central server.")
    advice = N_("Ask the administrator for a one-time code and enrol it on the Sync page.")


class EnrolmentRefused(ServerError):
    """The one-time code is wrong, used or expired."""

    happened = N_("The server refused the enrolment: {reason}")
    kept = N_("Nothing was changed.")
    advice = N_("Ask the administrator for a new one-time code.")


class AccessEnded(ServerError):
    """The server does not take this laptop for the one that was enrolled; its kinds say why."""

    happened = N_("The central server does not accept the key of this laptop.")
    kept = N_("All changes stay on this laptop, and work goes on offline as before.")
    advice = N_("Ask the administrator for a one-time code and enrol the laptop again; what waits is sent then.")


class LaptopShutOut(AccessEnded):
    """The administrator revoked the device."""

    happened = N_("The administrator has shut this laptop out of the central server.")
    advice = N_("If the laptop was found again, ask for a one-time code and enrol it again; what waits is sent then.")


class PersonRemoved(AccessEnded):
    """The person of this laptop is not let in any more."""

    happened = N_("The person who works on this laptop was taken off the central server.")
    advice = N_("Ask the administrator. Who takes the laptop over enrols it with a code of his own; what waits is sent then.")


class LaptopUnknown(AccessEnded):
    """The server does not know the device: it was set back to a copy from before the enrolment, or it is another server."""

    happened = N_("The central server does not know this laptop. It may have been set back to a copy older than the enrolment.")


class KeyGone(AccessEnded):
    """The private key of this laptop is not where it was put."""

    happened = N_("The key of this laptop is missing from {place}.")
    advice = N_("Unlock or restore the key store. If the key is lost, ask for a one-time code and enrol the laptop again.")


class DemoMismatch(ServerError):
    """Demonstration and reality never mix (product.md)."""

    happened = N_("A demonstration register and a real server never mix.")
    kept = N_("Nothing was changed.")
    advice = N_("Enrol a demonstration register only with a server made with --demo.")


class InsecureAddress(ServerError):
    """Plain HTTP is accepted on this machine alone."""

    happened = N_("{url} is not encrypted; only https is accepted outside this machine.")
    kept = N_("Nothing was changed.")
    advice = N_("Ask the administrator for the https address of the server.")


class NotTrusted(ServerError):
    """The server's certificate is not one that this computer trusts."""

    happened = N_("The certificate of {url} is not trusted by this computer ({detail}).")
    kept = N_("Nothing was sent. All changes stay on this laptop and wait.")
    advice = N_("Check the address. If the office has a certificate authority of its own, ask the administrator to install it.")


class ServerBusy(ServerError):
    """The server answers that it cannot take the request now."""

    happened = N_("The central server {url} is out of order for the moment.")
    advice = N_("Nothing is lost. Sync again in a few minutes; if it goes on, tell the administrator.")


class TooOften(ServerBusy):
    """The server asks this laptop to wait. The fact `seconds` says how long."""

    happened = N_("The central server {url} asks this laptop to wait {seconds} seconds.")
    advice = N_("Nothing is lost. Sync again after that time; it goes on where it stopped.")


class UpgradeRequired(ServerError):
    """This program is too old for the server even to hand in work (sync.md b.12)."""

    happened = N_("This program is too old for the central server.")
    advice = N_("Update the program on this laptop, then sync again; what waits is sent then.")


class ServerTooOld(ServerError):
    """The server is older than anything this program can speak to (sync.md b.12)."""

    happened = N_("The central server is too old for this program.")
    advice = N_("Ask the administrator to update the server; what waits is sent then.")


class OnlyHandedIn(ServerError):
    """This program may hand in its work, but is too old for what others recorded (sync.md b.12)."""

    happened = N_("This program is too old to receive what others recorded.")
    kept = N_("All changes of this laptop were handed in.")
    advice = N_("Update the program on this laptop, then sync again.")


class WordsWait(ServerError):
    """A change holds something that the server does not know before it is updated (sync.md b.12). `what` names it."""

    happened = N_("The central server does not know this yet: {what}.")
    kept = N_("The change is kept on this laptop and at the server, and is taken when the server is updated.")
    advice = N_("Work goes on as before. Ask the administrator to update the server.")


class OtherVersion(ServerError):
    """Rows of two versions of the program cannot be compared."""

    happened = N_("The central server and this program are of different versions; their records cannot be compared.")
    kept = N_("Everything was exchanged all the same.")
    advice = N_("Update the older of the two, then compare.")


class FilesStopped(ServerError):
    """The changes are exchanged; documents and photos could not all follow. `reason` is a sentence of the catalogue."""

    happened = N_("Not all documents and photos could travel ({n} wait): {reason}")
    kept = N_("All changes are exchanged. The files stay on this laptop and wait.")
    advice = N_("Nothing is lost. Sync again later; each file goes on where it stopped.")


class FileNotFetched(ServerError):
    """An original cannot be had from the server now. `reason` is a sentence of the catalogue."""

    happened = N_("The file cannot be fetched: {reason}")
    kept = N_("Nothing was changed.")
    advice = N_("Sync, and try again later.")


class TooMuchWaits(ServerError):
    """There is too much that the server does not know yet for its rows to be compared with these."""

    happened = N_("More than {n} records wait to be sent; there is nothing to compare before that.")
    advice = N_("Sync first, then compare.")


class NotTheSame(ServerError):
    """After mending, rows still are not the server's."""

    happened = N_("This register and the server still do not hold the same ({n} groups of records differ).")
    kept = N_("Nothing that was recorded here is lost; what waits to be sent is untouched.")
    advice = N_("Sync and compare once more; if it goes on, tell the administrator.")


class HistoryRewritten(ServerError):
    """The server's audit log is not the one that this laptop was shown, and no copy was put back that would explain it."""

    happened = N_(
        "The log of the central server is not the one that this laptop saw before: something was changed or taken out."
    )
    kept = N_("Nothing is exchanged with it; your work is kept here and waits.")
    advice = N_("Tell the administrator at once; «inspector-server check» looks for what happened.")


class NothingUnsent(ServerError):
    """Unsent work was to be saved to a file, and there is none."""

    happened = N_("Nothing waits to be sent, so no file was written.")
    kept = N_("Nothing was changed.")


class NoSealingKey(ServerError):
    """This register has not heard yet to which key of its server work is sealed."""

    happened = N_("This register does not know yet how to seal work for its server.")
    advice = N_("Sync once where there is a connection; from then on unsent work can be saved to a file.")


class NotHandedIn(ServerError):
    """A file with the unsent work of a colleague was not taken. `reason` is a sentence of the catalogue."""

    happened = N_("{file} was not handed in: {reason}")
    kept = N_("Nothing is lost: all of it still waits on the laptop that wrote the file.")
    advice = N_("Ask for the file once more, or let that laptop sync when it has a connection.")


class NoKeyStore(ServerError):
    """There is no system key ring for the laptop's private key, and nobody allowed a file."""

    happened = N_("This computer has no key ring that could keep the laptop's private key.")
    kept = N_("Nothing was changed.")
    advice = N_(
        "Set up the system key ring, or set INSPECTOR_KEY_STORE=passphrase to keep the key in a file that a passphrase opens."
    )


class KeySealed(ServerError):
    """The laptop's private key lies in a file that a passphrase opens, and none or a wrong one was given."""

    happened = N_("The key of this laptop is sealed with a passphrase; none or a wrong one was given.")
    advice = N_("Type it on the Sync page, or sync from a terminal, which asks for it; INSPECTOR_KEY_PASSPHRASE is read too.")
