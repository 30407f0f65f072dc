"""Sessions over HTTP."""

from dev.cloud.local import LocalCloud
from tests.build import a_person, refused
from tests.client import Api
from tests.identity import sign_in


def test_signing_out_ends_the_session_from_the_very_next_call(api: Api, cloud: LocalCloud) -> None:
    """A42."""
    someone = a_person(api, cloud, pin=None)
    api.get("/v1/me", token=someone.token).ok(200)
    gone = api.delete("/v1/sessions/current", token=someone.token)
    assert (gone.status, gone.body) == (204, b"")
    refused(api.get("/v1/me", token=someone.token), 401, "session_ended")
    refused(api.get("/v1/wallet", token=someone.token), 401, "session_ended")
    refused(api.delete("/v1/sessions/current", token=someone.token), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}), 401, "session_ended")


def test_a_refresh_answers_the_session_with_new_tokens(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    answer = api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token})
    session = answer.ok(200)["session"]
    assert (session["object"], session["token_type"], session["expires_in"]) == ("session", "Bearer", 900)
    assert answer.headers["cache-control"] == "no-store", "D15"
    api.get("/v1/me", token=session["access_token"]).ok(200)
    for wrong in (someone.token, "wrt_made_up", session["refresh_token"][:-1] + "A"):
        refused(api.post("/v1/sessions/refresh", {"refresh_token": wrong}), 401, "session_ended")
    api.post("/v1/sessions/refresh", {"refresh_token": session["refresh_token"]}).ok(200)


def test_a_refresh_token_is_no_access_token(api: Api, cloud: LocalCloud) -> None:
    """A45."""
    someone = a_person(api, cloud, pin=None)
    refused(api.get("/v1/me", token=someone.refresh_token), 401, "not_authenticated")


def test_a_person_sees_where_they_are_signed_in_and_ends_what_they_choose(api: Api, cloud: LocalCloud) -> None:
    """A43."""
    someone = a_person(api, cloud, pin=None)
    device = {"name": "Li's phone", "platform": "android", "app_version": "3.2.1"}
    other = sign_in(api, cloud, someone, device=device)["session"]
    listed = api.get("/v1/sessions", token=someone.token).ok(200)
    assert listed["next_cursor"] is None
    ids = [each["device"].pop("id") for each in listed["data"]]
    assert len(set(ids)) == 2
    assert [(each["device"], each["current"]) for each in listed["data"]] == [
        (device, False),
        ({"name": None, "platform": None, "app_version": None}, True),
    ]
    assert api.delete(f"/v1/sessions/{other['id']}", token=someone.token).status == 204
    refused(api.get("/v1/me", token=other["access_token"]), 401, "session_ended")
    assert len(api.get("/v1/sessions", token=someone.token).ok(200)["data"]) == 1
    refused(api.delete(f"/v1/sessions/{other['id']}", token=someone.token), 404, "not_found")


def test_sessions_are_listed_in_pages(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    for _ in range(2):
        sign_in(api, cloud, someone)
    first = api.get("/v1/sessions?limit=2", token=someone.token).ok(200)
    rest = api.get(f"/v1/sessions?limit=2&cursor={first['next_cursor']}", token=someone.token).ok(200)
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (2, 1, None)
    assert [each["current"] for each in first["data"] + rest["data"]] == [False, False, True]
    assert api.get("/v1/sessions?limit=3", token=someone.token).ok(200)["next_cursor"] is None, "there is no empty page"


def test_somebody_elses_session_looks_missing(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    someone, stranger = a_person(api, cloud, pin=None), a_person(api, cloud, pin=None)
    (theirs,) = api.get("/v1/sessions", token=someone.token).ok(200)["data"]
    for unreachable in (theirs["id"], "ses_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "ses_nonsense", someone.id):
        refused(api.delete(f"/v1/sessions/{unreachable}", token=stranger.token), 404, "not_found")
    api.get("/v1/me", token=someone.token).ok(200)
