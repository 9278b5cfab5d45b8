"""People of the shop: invited, let go, with a second factor, signed in where they see it, never locked out for long."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
import time_machine
from shopfloor import DEEDS, PASSWORD, on_sqlite
from sqlalchemy import select

from storefront.admin.models import AuditEntry, LoginFailure, RecoveryCode, StaffMember, StaffSession
from storefront.database import now
from storefront.extensions import db

OWNER, HELPER = "pemilik@toko.test", "staf@toko.test"
NEW = "teh-melati-sore"
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    assert visitor.sign_in().status_code == 302
    return visitor


def member(shop, email=OWNER):
    with shop.app.app_context():
        found = db.session.scalars(select(StaffMember).where(StaffMember.email == email)).one()
        db.session.expunge_all()
        return found


def actions(shop):
    with shop.app.app_context():
        query = DEEDS.with_only_columns(AuditEntry.action).where(AuditEntry.action != "staff.refused")
        return db.session.scalars(query.order_by(AuditEntry.id)).all()


def links(shop, to):
    shop.process()
    letters = [message for message in shop.mails() if message.to == [to]]
    found = [re.search(r"http\S+/admin/password/\S+", message.body) for message in letters]
    return [urlsplit(match[0]).path for match in found if match]


def is_in(visitor):
    return visitor.get("/admin/orders").status_code == 200


class TestPeople:
    def test_somebody_invited_chooses_a_password_once_and_signs_in(self, shop, owner):
        sent = {"email": "Staf@toko.test", "role": "staff", "password": PASSWORD}
        assert owner.post("/admin/staff", sent).status_code == 302
        (link,) = links(shop, HELPER)
        helper = shop.visitor()

        assert helper.post(link, {"new_password": NEW, "again": "lain-lagi"}).status_code == 422
        assert helper.post(link, {"new_password": "pendek", "again": "pendek"}).status_code == 422
        assert helper.post(link, {"new_password": NEW, "again": NEW}).status_code == 302

        assert helper.get(link).status_code == 410
        assert helper.sign_in(HELPER, NEW).status_code == 302
        assert helper.get("/admin/staff").status_code == 403
        assert actions(shop) == ["staff.invited", "staff.password_set"]

    @on_sqlite
    def test_an_invitation_ends_after_three_days(self, shop, owner):
        owner.post("/admin/staff", {"email": HELPER, "role": "staff", "password": PASSWORD})
        (link,) = links(shop, HELPER)

        with time_machine.travel(now() + timedelta(days=3, minutes=1)):
            assert shop.visitor().get(link).status_code == 410

    @on_sqlite
    def test_an_invitation_needs_the_owners_password_and_a_new_address(self, shop, owner):
        for typed in (
            {"email": HELPER, "role": "staff", "password": "salah-semua"},
            {"email": OWNER, "role": "staff", "password": PASSWORD},
            {"email": HELPER, "role": "boss", "password": PASSWORD},
        ):
            assert owner.post("/admin/staff", typed).status_code == 422
        assert links(shop, HELPER) == []

    def change(self, shop, owner, step, email=HELPER, **typed):
        number = member(shop, email).id
        sent = {"role": member(shop, email).role, "password": PASSWORD, **typed}
        return owner.post(f"/admin/staff/{number}/{step}", sent, on=f"/admin/staff/{number}")

    def test_a_role_counts_at_once_and_who_is_let_go_is_out_at_once(self, shop, owner):
        shop.add_staff(HELPER, "staff")
        helper = shop.visitor()
        helper.sign_in(HELPER)
        assert helper.get("/admin/customers").status_code == 200

        self.change(shop, owner, "role", role="bookkeeper")
        assert helper.get("/admin/customers").status_code == 403
        self.change(shop, owner, "active")
        assert not is_in(helper)
        assert shop.visitor().sign_in(HELPER).status_code == 401
        self.change(shop, owner, "active", active="1")
        assert shop.visitor().sign_in(HELPER).status_code == 302
        assert actions(shop) == ["staff.role", "staff.active", "staff.active"]

    def test_the_last_owner_stays(self, shop, owner):
        for step, typed in (("role", {"role": "staff"}), ("active", {})):
            answer = self.change(shop, owner, step, OWNER, **typed)
            assert answer.status_code == 302
            assert "Toko harus punya pemilik" in owner.get("/admin/staff").text
        assert (member(shop).role, member(shop).active) == ("owner", True)

        shop.add_staff("dua@toko.test", "owner")
        assert self.change(shop, owner, "role", OWNER, role="staff").status_code == 302
        assert member(shop).role == "staff"

    def test_two_owners_who_let_each_other_go_at_once_leave_one(self, shop, owner):
        shop.add_staff("dua@toko.test", "owner")
        second = shop.visitor()
        second.sign_in("dua@toko.test")
        steps = [(owner, member(shop, "dua@toko.test")), (second, member(shop))]
        forms = [(who, f"/admin/staff/{other.id}", who.token(f"/admin/staff/{other.id}")) for who, other in steps]

        def let_go(step):
            who, page, token = step
            return who.client.post(f"{page}/active", data={"csrf_token": token, "role": "owner", "password": PASSWORD})

        with ThreadPoolExecutor(2) as both:
            list(both.map(let_go, forms))

        assert sorted([member(shop).active, member(shop, "dua@toko.test").active]) == [False, True]

    @on_sqlite
    def test_no_step_without_the_owners_password(self, shop, owner):
        shop.add_staff(HELPER, "staff")

        assert self.change(shop, owner, "role", role="owner", password="salah-semua").status_code == 422
        assert member(shop, HELPER).role == "staff"


class TestPasswords:
    def test_a_forgotten_password_is_set_anew_by_a_letter_once(self, shop, owner):
        asked = shop.visitor().post("/admin/password", {"email": OWNER})
        unknown = shop.visitor().post("/admin/password", {"email": "bukan@toko.test"})
        assert asked.text == unknown.text
        first, *_none = links(shop, OWNER)
        shop.visitor().post("/admin/password", {"email": OWNER})
        second = links(shop, OWNER)[1]

        assert shop.visitor().post(first, {"new_password": NEW, "again": NEW}).status_code == 302

        assert not is_in(owner)
        assert shop.visitor().get(second).status_code == 410
        assert shop.visitor().sign_in(password=PASSWORD).status_code == 401
        assert shop.visitor().sign_in(password=NEW).status_code == 302
        shop.process()
        assert any("diganti" in subject for subject in shop.subjects(OWNER))

    def test_changing_it_ends_all_other_sign_ins(self, shop, owner):
        other = shop.visitor()
        other.sign_in()
        sent = {"current": PASSWORD, "new_password": NEW, "again": NEW}

        wrong = owner.post("/admin/security/password", {**sent, "current": "salah-semua"}, on="/admin/security")
        assert wrong.status_code == 422
        assert is_in(other)
        assert owner.post("/admin/security/password", sent, on="/admin/security").status_code == 302

        assert is_in(owner)
        assert not is_in(other)
        assert shop.visitor().sign_in(password=NEW).status_code == 302

    def test_the_operator_helps_who_is_locked_out(self, shop, owner):
        set_up(shop, owner)

        result = shop.run("reset-admin", OWNER, "--password-stdin", "--without-totp", input=f"{NEW}\n")

        assert result.exit_code == 0, result.output
        assert not is_in(owner)
        assert shop.visitor().sign_in(password=NEW).location == "/admin/"
        refused = shop.run("reset-admin", "bukan@toko.test", "--password-stdin", input=f"{NEW}\n")
        assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)


@pytest.mark.usefixtures("owner")
class TestResetLinks:
    @on_sqlite
    def test_a_link_ends_after_half_an_hour_and_a_forged_one_never_works(self, shop):
        shop.visitor().post("/admin/password", {"email": OWNER})
        (link,) = links(shop, OWNER)

        assert shop.visitor().get(link[:-2]).status_code == 410
        assert shop.visitor().get(link.replace("staff_reset", "staff_invited")).status_code == 410
        assert shop.visitor().get(link.replace("staff_reset", "staff_changed")).status_code == 410
        with time_machine.travel(now() + timedelta(minutes=31)):
            assert shop.visitor().get(link).status_code == 410

    def test_letters_are_not_sent_without_end(self, shop):
        answers = [shop.visitor().post("/admin/password", {"email": OWNER}).status_code for _ in range(6)]

        assert answers == [200] * 5 + [429]


def set_up(shop, visitor, password=PASSWORD):
    """Turn the second factor on; return the secret and the recovery codes."""
    page = visitor.get("/admin/security/totp").text
    secret = re.search(r'class="secret[^"]*">(\w+)<', page)[1]
    code = pyotp.TOTP(secret).at(int(now().timestamp()))
    answer = visitor.post("/admin/security/totp", {"code": code, "password": password})
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r"<li>([\w-]{19})</li>", answer.text)


def at_the_door(shop):
    """Return somebody who has given the password and is asked for the code."""
    visitor = shop.visitor()
    assert visitor.sign_in().location.startswith("/admin/login/code")
    return visitor


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def clock(self):
        with time_machine.travel(NOON, tick=False) as moved:
            yield moved

    def test_the_password_alone_no_longer_opens_the_panel(self, shop, owner, clock):
        secret, codes = set_up(shop, owner)
        assert len(set(codes)) == 10
        visitor = at_the_door(shop)
        assert not is_in(visitor)
        assert visitor.post("/admin/login/code", {"code": "000000"}).status_code == 401

        clock.shift(timedelta(seconds=30))
        code = pyotp.TOTP(secret).at(int(now().timestamp()))
        assert visitor.post("/admin/login/code", {"code": f"{code[:3]} {code[3:]}"}).location == "/admin/"
        assert is_in(visitor)
        assert at_the_door(shop).post("/admin/login/code", {"code": code}).status_code == 401

    @on_sqlite
    def test_the_code_that_turned_it_on_does_not_open_the_door(self, shop, owner):
        secret, _codes = set_up(shop, owner)
        code = pyotp.TOTP(secret).at(int(now().timestamp()))

        assert at_the_door(shop).post("/admin/login/code", {"code": code}).status_code == 401

    def test_a_recovery_code_works_once_however_it_is_written(self, shop, owner):
        _secret, codes = set_up(shop, owner)

        visitor = at_the_door(shop)
        assert visitor.post("/admin/login/code", {"code": codes[0].upper().replace("-", " ")}).status_code == 302
        assert "Tersisa 9" in visitor.get("/admin/security").text
        assert at_the_door(shop).post("/admin/login/code", {"code": codes[0]}).status_code == 401
        assert "staff.recovery_code_used" in actions(shop)
        with shop.app.app_context():
            kept = " ".join(db.session.scalars(select(RecoveryCode.code_hash)))
        assert codes[1].replace("-", "") not in kept

    def test_a_recovery_code_used_twice_at_once_lets_one_in(self, shop, owner):
        _secret, codes = set_up(shop, owner)
        doors = [at_the_door(shop) for _ in range(2)]
        forms = [(door, {"csrf_token": door.token("/admin/login/code"), "code": codes[0]}) for door in doors]

        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda form: form[0].client.post("/admin/login/code", data=form[1]), forms))

        assert sorted(answer.status_code for answer in answers) == [302, 401]

    def test_codes_cannot_be_guessed_for_long(self, shop, owner):
        _secret, codes = set_up(shop, owner)
        visitor = at_the_door(shop)
        for _ in range(5):
            visitor.post("/admin/login/code", {"code": "123456"})

        assert visitor.post("/admin/login/code", {"code": codes[0]}).status_code == 429

    @on_sqlite
    def test_half_a_sign_in_ends_by_itself_and_with_the_password(self, shop, owner, clock):
        set_up(shop, owner)
        late, changed = at_the_door(shop), at_the_door(shop)
        shop.run("reset-admin", OWNER, "--password-stdin", input=f"{NEW}\n")
        assert changed.get("/admin/login/code").status_code == 302
        clock.shift(timedelta(minutes=11))
        assert late.get("/admin/login/code").status_code == 302
        assert shop.visitor().get("/admin/login/code").location.startswith("/admin/login")

    @on_sqlite
    def test_it_is_turned_on_and_off_only_with_the_password(self, shop, owner):
        owner.get("/admin/security/totp")
        assert owner.post("/admin/security/totp", {"code": "123456", "password": PASSWORD}).status_code == 422
        set_up(shop, owner)
        off = "/admin/security/totp/off"
        assert owner.post(off, {"password": "salah-semua"}, on="/admin/security").status_code == 422
        assert owner.post(off, {"password": PASSWORD}, on="/admin/security").status_code == 302
        assert shop.visitor().sign_in().location == "/admin/"
        assert actions(shop) == ["staff.totp_on", "staff.totp_off"]

    @on_sqlite
    def test_new_recovery_codes_end_the_old_ones(self, shop, owner):
        _secret, old = set_up(shop, owner)
        page = owner.post("/admin/security/recovery-codes", {"password": PASSWORD}, on="/admin/security").text
        new = re.findall(r"<li>([\w-]{19})</li>", page)

        assert at_the_door(shop).post("/admin/login/code", {"code": old[0]}).status_code == 401
        assert at_the_door(shop).post("/admin/login/code", {"code": new[0]}).status_code == 302

    @on_sqlite
    def test_a_mandatory_factor_lets_nobody_further_without_it(self, shop, owner):
        owner.post("/admin/staff/settings", {"totp_required": "1"}, on="/admin/staff")
        assert owner.get("/admin/orders").location == "/admin/security/totp"
        shop.add_staff(HELPER, "staff")
        helper = shop.visitor()
        helper.sign_in(HELPER)
        assert helper.get("/admin/customers").location == "/admin/security/totp"

        set_up(shop, helper)

        assert helper.get("/admin/customers").status_code == 200
        helper.post("/admin/security/totp/off", {"password": PASSWORD}, on="/admin/security")
        assert member(shop, HELPER).totp_secret

    @on_sqlite
    def test_the_owner_helps_who_lost_telephone_and_codes(self, shop, owner):
        shop.add_staff(HELPER, "staff")
        helper = shop.visitor()
        helper.sign_in(HELPER)
        set_up(shop, helper)

        TestPeople().change(shop, owner, "totp-off")

        assert not is_in(helper)
        assert shop.visitor().sign_in(HELPER).location == "/admin/"


class TestSessions:
    def test_one_sees_where_one_is_signed_in_and_ends_it(self, shop, owner):
        phone = shop.visitor()
        phone.sign_in(environ_overrides={"REMOTE_ADDR": "203.0.113.9"}, headers={"User-Agent": "Ponsel/1"})
        page = owner.get("/admin/security").text
        assert "203.0.113.9" in page
        assert "Ponsel/1" in page
        number = re.search(r"/admin/security/sessions/(\d+)/end", page)[1]

        owner.post(f"/admin/security/sessions/{number}/end", on="/admin/security")

        assert not is_in(phone)
        assert is_in(owner)
        assert actions(shop) == ["staff.session_ended"]

    @on_sqlite
    def test_nobody_ends_anothers(self, shop, owner):
        shop.add_staff(HELPER, "staff")
        helper = shop.visitor()
        helper.sign_in(HELPER)
        with shop.app.app_context():
            first = db.session.scalars(select(StaffSession.id).order_by(StaffSession.id)).first()

        helper.post(f"/admin/security/sessions/{first}/end", on="/admin/security")

        assert is_in(owner)

    def test_all_others_are_ended_at_once(self, shop, owner):
        others = [shop.visitor() for _ in range(2)]
        for other in others:
            other.sign_in()

        owner.post("/admin/security/sessions/end-others", on="/admin/security")

        assert [is_in(each) for each in (owner, *others)] == [True, False, False]

    @on_sqlite
    def test_signing_out_here_leaves_the_others(self, shop, owner):
        other = shop.visitor()
        other.sign_in()
        owner.post("/admin/logout", on="/admin/orders")
        assert [is_in(owner), is_in(other)] == [False, True]

    def test_a_sign_in_that_nobody_uses_ends_and_one_in_use_stays(self, shop, owner):
        for days in (6, 12):
            with time_machine.travel(now() + timedelta(days=days)):
                assert is_in(owner)
        with shop.app.app_context():
            assert db.session.scalars(select(StaffSession.seen_at)).one() > now() + timedelta(days=11)
        with time_machine.travel(now() + timedelta(days=27)):
            assert not is_in(owner)

    @on_sqlite
    def test_the_key_itself_is_not_kept(self, shop, owner):
        with owner.client.session_transaction() as kept:
            key = kept["staff"]
        assert key not in shop.everything()


def fail_from_everywhere(shop, times=50):
    with shop.app.app_context():
        db.session.add_all(LoginFailure(email=OWNER, address=f"198.51.100.{n}") for n in range(times))
        db.session.commit()


def test_many_strangers_together_do_not_lock_the_owner_out(shop, owner):
    fail_from_everywhere(shop)

    stranger = shop.visitor().sign_in(environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert stranger.status_code == 429
    assert shop.visitor().sign_in().status_code == 302


def test_a_new_password_opens_a_door_that_strangers_closed(shop, owner):
    fail_from_everywhere(shop)
    shop.visitor().post("/admin/password", {"email": OWNER})
    (link,) = links(shop, OWNER)

    shop.visitor().post(link, {"new_password": NEW, "again": NEW})

    elsewhere = shop.visitor().sign_in(password=NEW, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 302
