"""Each test starts from the same chain; what a wider fixture did stays for its scope, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugin.conftest import Run


def test_a_test_finds_the_chain_as_the_one_before_found_it(run: Run) -> None:
    run("""
        import pytest

        @pytest.mark.parametrize("turn", range(3))
        async def test_it(near, turn):
            assert not await near.exists("dora.sandbox")
            await near.create_account("dora")
            await near.root.transfer("dora.sandbox", "1 NEAR")
    """).assert_outcomes(passed=3)


def test_height_and_time_go_back_too(run: Run) -> None:
    run("""
        heights = []

        async def test_one(near):
            heights.append(await near.height())
            await near.fast_forward(500)
            assert await near.height() == heights[0] + 500

        async def test_two(near):
            assert await near.height() == heights[0]
    """).assert_outcomes(passed=2)


def test_a_failed_test_is_rolled_back(run: Run) -> None:
    run("""
        async def test_one(near):
            await near.create_account("dora")
            assert False

        async def test_two(near):
            assert not await near.exists("dora.sandbox")
    """).assert_outcomes(passed=1, failed=1)


def test_a_fixture_of_the_test_is_rolled_back(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture
        async def dora(near):
            assert not await near.exists("dora.sandbox")
            return await near.create_account("dora")

        async def test_one(dora):
            await dora.transfer(dora, "1 NEAR")

        async def test_two(dora, near):
            assert await near.balance(dora) == 100 * 10**24
    """).assert_outcomes(passed=2)


def test_what_a_module_fixture_did_stays_for_its_module(run: Run) -> None:
    run(
        conftest="""
            import pytest

            @pytest.fixture(scope="module")
            async def dora(near):
                assert not await near.exists("dora.sandbox")
                return await near.create_account("dora", "7 NEAR")
        """,
        test_a="""
            async def test_one(near, dora):
                assert await dora.balance() == 7 * 10**24
                await near.root.transfer(dora, "1 NEAR")
                assert await dora.balance() == 8 * 10**24

            async def test_two(near, dora):
                assert await dora.balance() == 7 * 10**24
        """,
        test_b="""
            async def test_gone(near):
                assert not await near.exists("dora.sandbox")

            async def test_again(dora):
                assert await dora.balance() == 7 * 10**24
        """,
    ).assert_outcomes(passed=4)


def test_what_a_module_fixture_did_before_it_failed_is_rolled_back(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture(scope="module")
        async def dora(near):
            await near.create_account("dora")
            raise ValueError("it fails")

        async def test_one(dora):
            pass

        async def test_two(near):
            assert not await near.exists("dora.sandbox")
    """).assert_outcomes(errors=1, passed=1)


def test_fixtures_of_all_scopes_stand_on_each_other(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture(scope="session")
        async def far(near):
            return await near.create_account("far")

        @pytest.fixture(scope="module")
        async def middle(near, far):
            await near.root.transfer(far, "1 NEAR")

        @pytest.fixture(scope="class")
        async def close(near, far, middle):
            await near.root.transfer(far, "10 NEAR")

        @pytest.fixture
        async def own(near, far, close):
            await near.root.transfer(far, "100 NEAR")

        class TestOne:
            async def test_a(self, far, own):
                assert await far.balance() == 211 * 10**24

            async def test_b(self, far, own):
                assert await far.balance() == 211 * 10**24

        async def test_without_the_class(far, middle):
            assert await far.balance() == 101 * 10**24

        async def test_session_only(near):
            assert await near.balance("far.sandbox") in (100 * 10**24, 101 * 10**24)
    """).assert_outcomes(passed=4)


def test_parameters_of_a_module_fixture_do_not_pile_up(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture(scope="module", params=["1 NEAR", "2 NEAR"])
        async def rich(near, request):
            await near.root.transfer(await near.create_account("dora", "1 NEAR"), request.param)
            return request.param

        async def test_one(near, rich):
            assert await near.balance("dora.sandbox") == (1 + int(rich[0])) * 10**24

        async def test_two(near, rich):
            assert await near.balance("dora.sandbox") == (1 + int(rich[0])) * 10**24
    """).assert_outcomes(passed=4)


def test_a_fixtures_teardown_sees_what_the_test_did(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture(scope="module")
        async def dora(near):
            return await near.create_account("dora", "1 NEAR")

        @pytest.fixture(autouse=True)
        async def invariant(near, dora):
            yield
            assert await dora.balance() == 3 * 10**24

        async def test_one(near, dora):
            await near.root.transfer(dora, "2 NEAR")

        async def test_two(near, dora):
            await near.root.transfer(dora, "2 NEAR")
    """).assert_outcomes(passed=2)


def test_a_module_fixtures_teardown_sees_its_own_state(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture(scope="module")
        async def dora(near):
            account = await near.create_account("dora", "1 NEAR")
            yield account
            assert await account.balance() == 10**24

        async def test_one(near, dora):
            await near.root.transfer(dora, "2 NEAR")
    """).assert_outcomes(passed=1)


def test_a_module_fixture_without_any_fixture_of_the_test(run: Run) -> None:
    run("""
        import asyncio
        import pytest

        @pytest.fixture(scope="module")
        def dora(near):
            return asyncio.run(near.create_account("dora", "1 NEAR")), near

        def test_one(dora):
            account, near = dora
            asyncio.run(near.root.transfer(account, "2 NEAR"))

        def test_two(dora):
            assert asyncio.run(dora[0].balance()) == 10**24
    """).assert_outcomes(passed=2)


def test_a_fixture_that_fails_in_its_setup_is_rolled_back(run: Run) -> None:
    run("""
        import pytest

        @pytest.fixture
        async def broken(near):
            await near.create_account("dora")
            raise RuntimeError("after the chain has changed")

        async def test_one(broken):
            pass

        async def test_two(near):
            assert not await near.exists("dora.sandbox")
    """).assert_outcomes(passed=1, errors=1)


def test_a_node_that_is_asked_for_late_is_isolated_too(run: Run) -> None:
    run("""
        import asyncio

        def test_one(request):
            near = request.getfixturevalue("near")
            asyncio.run(near.create_account("dora"))

        def test_two(near):
            assert not asyncio.run(near.exists("dora.sandbox"))
    """).assert_outcomes(passed=2)


def test_a_wider_fixture_that_comes_too_late_is_named(run: Run) -> None:
    result = run("""
        import asyncio
        import pytest

        @pytest.fixture(scope="module")
        def dora(near):
            return asyncio.run(near.create_account("dora"))

        def test_one(near, request):
            asyncio.run(near.create_account("before"))
            request.getfixturevalue("dora")
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*IsolationWarning: the module fixture 'dora' changed the chain inside a test*"])


def test_anchors_and_snapshots_of_a_test(run: Run) -> None:
    run("""
        async def test_anchor(near):
            with near.anchor():
                await near.create_account("dora")
                with near.anchor():
                    await near.create_account("below.dora.sandbox", "1 NEAR")
                assert not await near.exists("below.dora.sandbox")
                assert await near.exists("dora.sandbox")
            assert not await near.exists("dora.sandbox")
            await near.create_account("dora")

        async def test_anchor_of_an_async_with(near):
            try:
                async with near.anchor():
                    await near.create_account("dora")
                    raise ValueError
            except ValueError:
                pass
            assert not await near.exists("dora.sandbox")

        async def test_snapshot(near, alice):
            snapshot = near.snapshot()
            for _ in range(3):
                await near.create_account("dora")
                await alice.transfer("dora.sandbox", "1 NEAR")
                near.restore(snapshot)
            assert await alice.balance() == 100 * 10**24
    """).assert_outcomes(passed=3)


def test_names_are_found_anew_in_each_test(run: Run) -> None:
    run("""
        async def test_one(near):
            assert (await near.create_account()).id == "account-1.sandbox"
            assert (await near.create_account()).id == "account-2.sandbox"

        async def test_two(near):
            assert (await near.create_account()).id == "account-1.sandbox"
    """).assert_outcomes(passed=2)
