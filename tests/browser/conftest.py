"""One running shop and one browser for all tests here; every window is watched."""

import os

import pytest
from shop_running import OWNER, PASSWORD, RunningShop
from watching import DESK, LAUNCH, Watch, find_chromium


def pytest_collection_modifyitems(items):
    """Put these tests first: one process runs them all, and meanwhile the others run the rest."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session")
def chromium():
    """Return a running Chromium."""
    path = find_chromium()
    if path is None:
        _go_without("Chromium is not installed: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        _go_without(f"{error}: pip install 'flask-payments-moota[browser]'")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield started
        started.close()


def _go_without(reason):
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason} (REQUIRE_BROWSER=1)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shop(chromium, tmp_path_factory):
    """Return the running shop. It starts only when there is a browser to visit it."""
    with RunningShop(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def lasts_a_minute(shop):
    """Return an order that may be paid for one minute, the shortest time there is; placed first, looked at late."""
    app = shop.make_app(MOOTA_CHARGE_TTL_MINUTES="1")
    order = shop.buy("gula-jawa-batok", app=app, email="lambat@contoh.test")
    shop.close_app(app)
    return order


@pytest.fixture
def new_person(chromium, shop):
    """Return a function that gives somebody a browser of their own; at the end nothing may have gone wrong in it."""
    watch = Watch(shop.url, shop.bank_url)
    contexts = []

    def come(**options):
        settings = {"base_url": shop.url, "viewport": DESK, "locale": "id-ID", "reduced_motion": "reduce", **options}
        contexts.append(watch.over(chromium.new_context(**settings)))
        contexts[-1].set_default_timeout(10_000)
        return contexts[-1].new_page()

    yield come
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture
def page(new_person):
    return new_person()


@pytest.fixture(scope="session")
def owner_cookies(chromium, shop):
    """Return what the owner's browser keeps after signing in."""
    context = chromium.new_context(base_url=shop.url)
    page = context.new_page()
    page.goto("/admin/login")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/admin/")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def owner(new_person, owner_cookies):
    return new_person(storage_state=owner_cookies)
