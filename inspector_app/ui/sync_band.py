"""The line on the page of sync that says what a running sync is doing, with the button that stops it."""

from PySide6.QtWidgets import QProgressBar

from inspector_app.ui.desk import Desk
from inspector_app.ui.exchange import Exchange
from inspector_app.ui.parts import Card, button, label, picture, row
from inspector_app.ui.sync_words import running
from inspector_app.ui.theme import SPACE


class RunningBand(Card):
    """Hidden while nothing runs."""

    def __init__(self, desk: Desk, exchange: Exchange) -> None:
        """Follow the exchange by `show_state`."""
        super().__init__()
        self.desk, self.exchange = desk, exchange
        theme, say = desk.theme, desk.words.say
        self.sentence = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(say("Progress"))
        self.cancel = button(say("Cancel"), exchange.cancel, tip=say("What was sent by then stays; nothing is lost"))
        line = row(
            picture(theme.icon("cloud-sync-outline", "accent").pixmap(theme.px(16))), self.sentence, self.cancel, gap=SPACE[2]
        )
        line.setStretch(1, 1)
        self.body.addLayout(line)
        self.body.addWidget(self.bar)
        self.hide()

    def show_state(self) -> None:
        """What runs now, and how far it is."""
        exchange = self.exchange
        if exchange.is_running:
            self.sentence.setText(running(self.desk.words, exchange))
            self.bar.setValue(round(exchange.share * 1000))
            self.cancel.setEnabled(not exchange.is_stopping)
            say = self.desk.words.say
            self.cancel.setToolTip(
                say("The sync is being stopped already")
                if exchange.is_stopping
                else say("What was sent by then stays; nothing is lost")
            )
        if self.isHidden() == exchange.is_running:
            self.setVisible(exchange.is_running)
