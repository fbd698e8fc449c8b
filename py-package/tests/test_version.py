import deciban
from deciban import _core


def test_package_and_core_have_the_same_version():
    assert deciban.__version__ == _core.__version__
