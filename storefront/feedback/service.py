"""Reviews, questions and messages: written, shown, hidden, answered. Flushes, never commits."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from storefront.catalog.models import Product
from storefront.database import now
from storefront.identity import current_shop
from storefront.orders.models import Order

from . import rules
from .models import Feedback, FeedbackKind, FeedbackStatus, Message

PAGE_SIZE = 20
# How many of each kind stand on the product's own page.
_ON_PRODUCT = 3
# The owner's setting: reviews are shown without waiting for the shop.
AT_ONCE = "reviews_at_once"


class FeedbackRefusedError(Exception):
    """This order's goods cannot be reviewed now, or were reviewed already."""


def reviewable(session: Session, order: Order) -> list[tuple[Product, Feedback | None]]:
    """Return the products of an order that has arrived, each with the review written of it, or None."""
    if not rules.may_review(shipment_status=order.shipment_status, is_anonymised=order.anonymised_at is not None):
        return []
    ids = {line.product_id for line in order.lines}
    products = session.scalars(select(Product).where(Product.id.in_(ids)).order_by(Product.name))
    written = session.scalars(select(Feedback).where(Feedback.order_id == order.id))
    by_product = {review.product_id: review for review in written}
    return [(product, by_product.get(product.id)) for product in products]


def write_review(session: Session, order: Order, product: Product, *, name: str, stars: int, text: str) -> Feedback:
    """Keep what a buyer says of a product; it waits for the shop unless the owner set otherwise.

    Raises FeedbackRefusedError for goods that have not arrived, are not in the order, or were reviewed with it.
    """
    if product.id not in {known.id for known, written in reviewable(session, order) if written is None}:
        raise FeedbackRefusedError
    review = Feedback(
        kind="review",
        product_id=product.id,
        order_id=order.id,
        name=name,
        locale=order.locale,
        stars=stars,
        text=text,
        status="waiting",
    )
    try:
        with session.begin_nested():
            session.add(review)
    except IntegrityError:
        raise FeedbackRefusedError from None
    if current_shop().data.get(AT_ONCE):
        move(session, review.id, "shown")
    return review


def ask_question(session: Session, product: Product, *, name: str, email: str, text: str, locale: str) -> Feedback:
    """Keep a question about a product; it waits for the shop's answer."""
    question = Feedback(
        kind="question", product_id=product.id, name=name, email=email, locale=locale, text=text, status="waiting"
    )
    session.add(question)
    session.flush()
    return question


def write_message(session: Session, *, name: str, email: str, phone: str, order_number: str, text: str) -> Message:
    """Keep a message to the shop."""
    message = Message(name=name, email=email, phone=phone, order_number=order_number, text=text)
    session.add(message)
    session.flush()
    return message


def move(session: Session, feedback_id: int, status: FeedbackStatus) -> bool:
    """Show or hide something, and bring its product up to date; return whether that changed anything."""
    kept = session.get(Feedback, feedback_id)
    if kept is None:
        return False
    _lock_product(session, kept.product_id)
    moved = session.execute(
        update(Feedback)
        .where(Feedback.id == feedback_id, Feedback.status != status)
        .values(status=status)
        .execution_options(synchronize_session="fetch")
    )
    refresh_product(session, kept.product_id)
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def answer(session: Session, kept: Feedback, text: str, *, by: str) -> None:
    """Write the shop's answer, or take it back with nothing; what is answered is shown from then on."""
    _lock_product(session, kept.product_id)
    kept.answer = text
    kept.answered_by = by if text else None
    kept.answered_at = now() if text else None
    if text:
        kept.status = "shown"
    session.flush()
    refresh_product(session, kept.product_id)


def refresh_product(session: Session, product_id: int) -> None:
    """Write a product's rating and newest voices anew, from what is shown; its row is locked until the end."""
    _lock_product(session, product_id)
    shown = (Feedback.product_id == product_id, Feedback.status == "shown")
    sums = select(func.coalesce(func.sum(Feedback.stars), 0), func.count(Feedback.stars)).where(*shown)
    total, count = session.execute(sums).one()
    voices = [_voice(each) for kind in ("review", "question") for each in _newest(session, product_id, kind)]
    # That somebody spoke does not make the product a changed one.
    values = {
        "rating_sum": int(total or 0),
        "rating_count": int(count),
        "voices": voices,
        "updated_at": Product.updated_at,
    }
    session.execute(update(Product).where(Product.id == product_id).values(values))


def shown_of(
    session: Session, product: Product, kind: FeedbackKind, *, older: int | None
) -> tuple[list[Feedback], int | None]:
    """Return one page of what is shown of a product, newest first, and where the next page begins or None."""
    query = select(Feedback).where(Feedback.product_id == product.id, Feedback.status == "shown", Feedback.kind == kind)
    return _page(session, query, older)


def find(
    session: Session, *, kind: FeedbackKind | None, status: FeedbackStatus, older: int | None
) -> tuple[list[Feedback], int | None]:
    """Return one page for the panel, newest first, and where the next page begins or None."""
    query = select(Feedback).options(joinedload(Feedback.product)).where(Feedback.status == status)
    if kind:
        query = query.where(Feedback.kind == kind)
    return _page(session, query, older)


def find_messages(session: Session, *, done: bool, older: int | None) -> tuple[list[Message], int | None]:
    """Return one page of messages, newest first, and where the next page begins or None."""
    query = select(Message).where(Message.done_at.is_not(None) if done else Message.done_at.is_(None))
    if older:
        query = query.where(Message.id < older)
    found = list(session.scalars(query.order_by(Message.id.desc()).limit(PAGE_SIZE + 1)))
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def count_waiting(session: Session) -> dict[str, int]:
    """Return how much waits for the shop: `feedback` and `messages`."""
    waiting = select(func.count(Feedback.id)).where(Feedback.status == "waiting")
    open_ones = select(func.count(Message.id)).where(Message.done_at.is_(None))
    return {
        "feedback": int(session.execute(waiting).scalar_one()),
        "messages": int(session.execute(open_ones).scalar_one()),
    }


def finish_message(session: Session, message_id: int, *, by: str) -> bool:
    """Note that a message was dealt with; return whether it was us."""
    done = session.execute(
        update(Message).where(Message.id == message_id, Message.done_at.is_(None)).values(done_at=now(), done_by=by)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _lock_product(session: Session, product_id: int) -> None:
    """Let nobody else count the same product's stars meanwhile."""
    session.execute(select(Product.id).where(Product.id == product_id).with_for_update())


def _newest(session: Session, product_id: int, kind: str) -> list[Feedback]:
    query = select(Feedback).where(Feedback.product_id == product_id, Feedback.status == "shown", Feedback.kind == kind)
    return list(session.scalars(query.order_by(Feedback.id.desc()).limit(_ON_PRODUCT)))


def _voice(each: Feedback) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "name": each.name,
        "stars": each.stars,
        "text": rules.excerpt(each.text),
        "answer": rules.excerpt(each.answer),
        "at": each.created_at.isoformat(),
    }


def _page(session: Session, query: Any, older: int | None) -> tuple[list[Feedback], int | None]:
    if older:
        query = query.where(Feedback.id < older)
    found = list(session.scalars(query.order_by(Feedback.id.desc()).limit(PAGE_SIZE + 1)))
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
