"""Letters to the owner about messages, and to who asked about answers: wished for in a transaction, sent later."""

from typing import Any

from flask import current_app, url_for

from storefront.extensions import db, moota
from storefront.identity import current_shop
from storefront.languages import DEFAULT
from storefront.notifications.sender import as_on_pages, compose, deliver
from storefront.texts import _

from .models import Feedback, Message

FEEDBACK_EMAIL = "feedback_email"


def ask_for_message_letter(message: Message) -> None:
    """Have a message sent on to the owner, if it is known where to."""
    if current_app.config["SHOP_OWNER_EMAIL"]:
        moota.enqueue(FEEDBACK_EMAIL, f"message:{message.id}", {"letter": "message", "id": message.id})


def ask_for_answer_letter(question: Feedback) -> None:
    """Have the answer sent to who asked, if they told where to; once for each question."""
    if question.email:
        moota.enqueue(FEEDBACK_EMAIL, f"answer:{question.id}", {"letter": "answer", "id": question.id})


def send_feedback_email(_key: str, payload: dict[str, Any]) -> None:
    """Send one of them; what was erased meanwhile is not sent."""
    if payload["letter"] == "message":
        _send_message(db.session.get(Message, payload["id"]))
    else:
        _send_answer(db.session.get(Feedback, payload["id"]))


def _send_message(message: Message | None) -> None:
    address = current_app.config["SHOP_OWNER_EMAIL"]
    if message is None or not address:
        db.session.rollback()
        return
    with as_on_pages(DEFAULT):
        subject = _("%(shop)s: pesan dari %(name)s", shop=current_shop().name, name=message.name)
        url = url_for("admin_messages.index", _external=True)
        letter = compose(address, subject, "message", message=message, url=url)
        letter.reply_to = [message.email]
        deliver(letter)


def _send_answer(question: Feedback | None) -> None:
    if question is None or not (question.email and question.answer):
        db.session.rollback()
        return
    with as_on_pages(question.locale):
        subject = _("Jawaban atas pertanyaan Anda tentang %(product)s", product=question.product.name)
        url = url_for("catalog.product", slug=question.product.slug, _external=True)
        deliver(compose(question.email, subject, "answer", question=question, url=url))
