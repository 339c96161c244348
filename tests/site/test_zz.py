import pytest, cProfile, pstats
from dragoman.site.demo.loader import load


@pytest.mark.django_db
def test_p():
    pr = cProfile.Profile()
    pr.enable()
    load()
    pr.disable()
    import io

    o = io.StringIO()
    pstats.Stats(pr, stream=o).sort_stats("cumtime").print_stats(70)
    open("/tmp/nrtest/prof.txt", "w").write(o.getvalue())
