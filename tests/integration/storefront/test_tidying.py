"""What a crash leaves behind is deleted in the end, and nothing else."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from shopfloor import on_sqlite
from sqlalchemy import select

from storefront import media, tidying
from storefront.backups import folder
from storefront.catalog.models import Product
from storefront.database import now
from storefront.extensions import db

PICTURE = media.Picture(100, 100, {100: b"webp"})


@pytest.fixture
def pictures(shop):
    """Keep a picture that a product names, and one that nothing names; return both, a week old."""
    with shop.app.app_context():
        named, unnamed = media.keep(PICTURE), media.keep(PICTURE)
        db.session.scalars(select(Product)).first().pictures = [named]
        db.session.commit()
        age(shop, timedelta(days=7))
    return named["id"], unnamed["id"]


def age(shop, by):
    for path in Path(shop.app.instance_path).rglob("*.webp"):
        os.utime(path, ((now() - by).timestamp(),) * 2)


def kept(shop):
    with shop.app.app_context():
        return {name for name, _written in media.files()}


def test_a_picture_that_no_row_names_is_deleted_after_a_day(shop, pictures):
    named, _unnamed = pictures
    shop.sweep()
    assert kept(shop) == {named}


@on_sqlite
def test_a_young_one_may_still_get_its_row(shop, pictures):
    age(shop, timedelta(hours=23))
    shop.sweep()
    assert kept(shop) == set(pictures)


@on_sqlite
def test_a_database_that_names_no_picture_at_all_deletes_none(shop, pictures):
    with shop.app.app_context():
        for product in db.session.scalars(select(Product)):
            product.pictures = []
        db.session.commit()
    shop.sweep()
    assert kept(shop) == set(pictures)


@on_sqlite
def test_it_happens_once_a_day_and_takes_broken_off_backups_along(shop, pictures):
    shop.sweep()
    with shop.app.app_context():
        part = folder.backups_folder() / "storefront-20260101-000000.tar.gz.part"
        part.parent.mkdir(exist_ok=True)
        part.touch()
        os.utime(part, ((now() - timedelta(days=2)).timestamp(),) * 2)
        tidying.tidy()
        assert part.exists()
        with time_machine.travel(now() + timedelta(days=1, minutes=1)):
            tidying.tidy()
        assert not part.exists()
