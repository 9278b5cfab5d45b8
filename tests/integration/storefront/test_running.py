"""Starting, stopping short, and what every answer carries."""

import json
import stat
import subprocess
import sys
import threading

import pytest
from hosts import bank
from shopfloor import PASSWORD, make_shop, on_sqlite
from sqlalchemy import inspect, text

import storefront
from payments_moota import ConfigError, current_moota
from storefront import instance, schema
from storefront.extensions import db
from storefront.security import HEADERS


def create(folder, **config):
    return storefront.create_app({"STOREFRONT_INSTANCE": str(folder), "SECRET_KEY": "kunci", **config})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_TIMEZONE", "Mars/Olympus"),
        ("SHOP_WHATSAPP", "12345"),
        ("SHOP_BASE_URL", "toko.test"),
        ("TRUSTED_PROXIES", "satu"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "bukan alamat"),
        ("DATABASE_URL", "tidakada://x/y"),
        ("QUEUE_URL", "amqp://x"),
        ("MAIL_URL", "ftp://x"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_URL", "smtp://x:99999"),
        ("MOOTA_UNIQUE_CODE_MIN", "banyak"),
        ("MOOTA_WEBHOOK_ALLOWED_IPS", "rumah"),
    ],
)
def test_a_bad_value_names_its_variable(tmp_path, name, value):
    with pytest.raises(ConfigError, match=name):
        create(tmp_path, **{name: value})


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "QUEUE_URL", "MAIL_URL", "METRICS_TOKEN"])
def test_the_value_of_a_secret_is_never_told(tmp_path, name):
    for config in ({f"{name}_FILE": str(tmp_path / "none")}, {name: "xyz123://", f"{name}_FILE": "also"}):
        with pytest.raises(ConfigError, match=name) as told:
            storefront.create_app({"STOREFRONT_INSTANCE": str(tmp_path), **config})
        assert "xyz123" not in str(told.value)


def test_secrets_may_come_from_files(tmp_path):
    (tmp_path / "key").write_text("dari-berkas\n")
    (tmp_path / "webhook").write_text("rahasia-moota\n")

    app = storefront.create_app(
        {
            "STOREFRONT_INSTANCE": str(tmp_path),
            "SECRET_KEY_FILE": str(tmp_path / "key"),
            "MOOTA_WEBHOOK_SECRET_FILE": str(tmp_path / "webhook"),
        }
    )

    assert (app.config["SECRET_KEY"], app.config["MOOTA_WEBHOOK_SECRET"]) == ("dari-berkas", "rahasia-moota")


def test_values_stay_the_text_they_are(tmp_path):
    """A password of digits only must not become a number."""
    app = create(tmp_path, SHOP_NAME="123", MOOTA_WEBHOOK_SECRET="0042")

    assert (app.config["SHOP_NAME"], app.config["MOOTA_WEBHOOK_SECRET"]) == ("123", "0042")


def test_the_secret_key_is_made_once_for_our_eyes_only(tmp_path):
    folder = tmp_path / "deep" / "instance"

    keys = {storefront.create_app({"STOREFRONT_INSTANCE": str(folder)}).config["SECRET_KEY"] for _ in range(2)}

    assert len(keys) == 1
    assert len(keys.pop()) >= 48
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir() if path.name.startswith(".secret")] == []


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    start = threading.Barrier(8)
    keys = []

    def begin():
        start.wait()
        keys.append(instance.secret_key(tmp_path))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_two_shops_live_in_one_process(tmp_path):
    shops = [create(tmp_path / name, SHOP_NAME=name) for name in ("satu", "dua")]

    for app in shops:
        assert app.test_cli_runner().invoke(args=["init"]).exit_code == 0
    assert [app.extensions["huey"].storage.filename for app in shops] == [
        str(tmp_path / name / "queue.db") for name in ("satu", "dua")
    ]


def flask(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "storefront", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={
            "STOREFRONT_INSTANCE": str(folder / "instance"),
            "PATH": "",
            "PYTHONPATH": ":".join(sys.path),
            **environment,
        },
    )


def test_a_bad_environment_stops_with_one_line(tmp_path):
    result = flask(tmp_path, "routes", SHOP_TIMEZONE="Mars/Olympus")

    assert (result.returncode, result.stdout) == (1, "")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "SHOP_TIMEZONE" in result.stderr


def test_a_dotenv_file_is_read_and_the_environment_goes_first(tmp_path):
    (tmp_path / ".env").write_text("SHOP_NAME=Dari Berkas\nSHOP_TIMEZONE=Mars/Olympus\n")

    result = flask(tmp_path, "routes", SHOP_TIMEZONE="Asia/Makassar")

    assert result.returncode == 0, result.stderr
    assert "/webhook/moota" in result.stdout


def test_a_command_without_a_database_says_so_in_one_line(tmp_path):
    result = flask(tmp_path, "seed")

    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "flask init" in result.stderr


def test_init_and_seed_may_run_again(bare_shop):
    for _ in range(2):
        assert bare_shop.run("init").exit_code == 0
        assert bare_shop.run("seed").exit_code == 0
    bare_shop.change_product("robusta-temanggung", stock=7, price=1_000)
    bare_shop.run("seed")

    assert bare_shop.stock("robusta-temanggung") == 7
    page = bare_shop.app.test_client().get("/produk/robusta-temanggung")
    assert "Rp1.000" in page.text


def test_staff_are_added_by_command(bare_shop):
    def add(email, password=PASSWORD, *options):
        return bare_shop.run("create-admin", email, "--password-stdin", *options, input=f"{password}\n")

    assert add("a@toko.test").exit_code == 0
    assert add("b@toko.test", PASSWORD, "--role", "bookkeeper").exit_code == 0
    again = add("A@toko.test")
    assert (again.exit_code, "already has an account" in again.stderr) == (1, True)
    assert add("c@toko.test", "pendek").exit_code == 1
    assert add("bukan-alamat").exit_code == 2
    assert add("d@toko.test", PASSWORD, "--role", "raja").exit_code == 2
    assert bare_shop.visitor().sign_in("a@toko.test").status_code == 302


def test_models_and_migrations_agree(bare_shop):
    result = bare_shop.run("db", "check")

    assert result.exit_code == 0, result.output


def test_a_migration_can_be_taken_back_and_made_again(bare_shop):
    assert bare_shop.run("db", "downgrade", "base").exit_code == 0
    with bare_shop.app.app_context():
        left = set(inspect(db.engine).get_table_names())
    assert not left & {"orders", "product", "staff_member"}
    assert bare_shop.run("init").exit_code == 0


def test_a_migration_that_fails_leaves_nothing(bare_shop, monkeypatch):
    bare_shop.run("db", "downgrade", "base")
    with bare_shop.app.app_context():
        db.session.execute(text("CREATE TABLE staff_member (id INTEGER)"))
        db.session.commit()

        with pytest.raises(Exception, match="staff_member"):
            schema.upgrade()

        assert not {"category", "product", "orders"} & set(inspect(db.engine).get_table_names())
        db.session.execute(text("DROP TABLE staff_member"))
        db.session.commit()
        schema.upgrade()
        assert "orders" in inspect(db.engine).get_table_names()


def test_two_processes_upgrading_at_once_both_succeed(bare_shop, tmp_path):
    bare_shop.run("db", "downgrade", "base")
    address = bare_shop.app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "flask", "--app", "storefront", "init"]
    environment = {
        "STOREFRONT_INSTANCE": str(tmp_path / "other"),
        "DATABASE_URL": address,
        "PYTHONPATH": ":".join(sys.path),
    }
    running = [
        subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]

    problems = [process.communicate(timeout=60)[1] for process in running]

    assert [process.returncode for process in running] == [0, 0], problems


def test_every_answer_carries_the_headers_of_safety(shop):
    client = shop.app.test_client()
    for path in ("/", "/tidak-ada", "/keranjang", "/admin/login", "/healthz", "/static/shop.css"):
        with client.get(path) as answer:
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path
            assert "Strict-Transport-Security" not in answer.headers
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_pages_hold_no_inline_script_or_style(shop):
    visitor = shop.visitor()
    number = shop.buy()
    visitor.put_into_cart()
    paths = ["/", "/produk/kopi-tubruk", "/keranjang", "/checkout", "/admin/login", "/tidak-ada"]
    for path in [*paths, shop.path_of(number), shop.pay_path(number)]:
        page = visitor.get(path).text
        assert "<script>" not in page, path
        assert "<style" not in page, path
        assert " style=" not in page, path
        assert 'src="http' not in page, path


def test_secret_pages_are_not_kept_by_caches(shop):
    number = shop.buy()
    for path in (shop.path_of(number), shop.pay_path(number), "/keranjang", "/admin/login"):
        assert "no-store" in shop.app.test_client().get(path).headers["Cache-Control"]


def test_search_engines_are_told_to_leave_alone_what_is_reached_by_a_secret_link(shop):
    number = shop.buy()
    order = shop.path_of(number)
    for path in (order, f"{order}/invoice.pdf", f"{order}/return", shop.pay_path(number)):
        assert "noindex" in shop.app.test_client().get(path).headers["X-Robots-Tag"], path
    assert "X-Robots-Tag" not in shop.app.test_client().get("/produk/kopi-tubruk").headers


@on_sqlite
def test_https_is_insisted_on_where_the_shop_has_it(shop_address, tmp_path):
    shop = make_shop(tmp_path / "instance", shop_address, SHOP_BASE_URL="https://toko.test")

    answer = shop.app.test_client().get("/admin/login", base_url="https://toko.test")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Secure" in answer.headers["Set-Cookie"]
    shop.close()


@on_sqlite
@pytest.mark.parametrize(("proxies", "seen"), [("0", 401), ("1", 401), ("2", 401)])
def test_figures_are_not_for_those_behind_a_proxy_on_this_machine(shop_address, tmp_path, proxies, seen):
    """Behind a reverse proxy everybody seems to come from this machine."""
    shop = make_shop(tmp_path / "instance", shop_address, TRUSTED_PROXIES=proxies)

    answer = shop.app.test_client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})

    assert answer.status_code == seen
    shop.close()


def test_figures_need_the_token_from_elsewhere(shop_address, tmp_path):
    shop = make_shop(tmp_path / "instance", shop_address, METRICS_TOKEN="kunci-angka")
    client = shop.app.test_client()
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}

    answers = [
        client.get("/metrics").status_code,
        client.get("/metrics", **elsewhere).status_code,
        client.get("/metrics", headers={"Authorization": "Bearer salah"}, **elsewhere).status_code,
        client.get("/metrics", headers={"Authorization": "Bearer kunci-angka"}, **elsewhere).status_code,
    ]

    assert answers == [200, 401, 401, 200]
    shop.close()


def test_figures_count_orders(shop):
    shop.pay(shop.buy())
    shop.buy()

    figures = shop.app.test_client().get("/metrics").text

    assert 'storefront_orders{payment="paid"} 1.0' in figures
    assert 'storefront_orders{payment="unpaid"} 1.0' in figures


def test_a_shop_without_a_worker_is_not_ready_and_says_so(shop):
    client = shop.app.test_client()
    before = client.get("/readyz")
    shop.sweep()
    after = client.get("/readyz")

    assert (before.status_code, before.json["failed"]) == (503, ["worker"])
    assert (after.status_code, after.json["status"]) == (200, "ok")


@on_sqlite
def test_readiness_names_every_part_that_fails(tmp_path, shop_address):
    shop = make_shop(tmp_path / "instance", f"sqlite:///{tmp_path}/empty.db")

    answer = shop.app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["failed"]) == (503, ["migrations", "payment_migrations", "worker"])
    assert shop.app.test_client().get("/healthz").status_code == 200
    shop.close()


@on_sqlite
def test_a_broken_database_is_told_on_a_page_of_ours(tmp_path, shop_address):
    shop = make_shop(tmp_path / "instance", f"sqlite:///{tmp_path}/empty.db", TESTING=False)
    client = shop.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "1.x"

    answer = client.get("/")

    assert answer.status_code == 500
    assert "Maaf" in answer.text
    shop.close()


def test_a_wrong_method_is_told_with_the_right_ones(visitor):
    answer = visitor.get("/keranjang/ubah")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "Cara ini tidak didukung" in answer.text


def test_a_form_too_large_is_refused(visitor):
    answer = visitor.client.post("/checkout", data={"note": "x" * 3_000_000})

    assert answer.status_code == 413
    assert "Kiriman terlalu besar" in answer.text


def test_the_language_is_indonesian_until_another_is_chosen(visitor):
    assert '<html lang="id">' in visitor.get("/", headers={"Accept-Language": "en"}).text

    answer = visitor.get("/bahasa/en?next=/keranjang")

    assert answer.location == "/keranjang"
    assert '<html lang="en">' in visitor.get("/").text
    assert visitor.get("/bahasa/fr").status_code == 404
    assert visitor.get("/bahasa/id?next=//jahat.test").location == "/"
    assert '<html lang="id">' in visitor.get("/").text


def test_a_webhook_of_moota_needs_no_form_token(shop):
    number = shop.buy()
    content = bank.body(bank.mutation(shop.charge(number)["amount_due"]))

    answer = shop.app.test_client().post("/webhook/moota", data=content, headers={"Signature": bank.sign(content)})

    assert (answer.status_code, answer.json["status"]) == (200, "received")


def test_commands_print_json_and_nothing_else(shop):
    number = shop.buy()

    result = shop.run("moota", "charge", "show", number, "--json")

    assert json.loads(result.stdout)["order_ref"] == number
    with shop.app.app_context():
        assert current_moota.get_charge(number).status == "pending"


@on_sqlite
def test_sqlite_is_told_to_keep_money_safe(shop):
    with shop.app.app_context():
        values = {
            name: db.session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
