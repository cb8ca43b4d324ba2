"""What a sheet's name and title say of where it is from: whole names only, however much else stands around them."""
from __future__ import annotations

import re
from collections.abc import Iterator

from shared.words import plain

__all__ = ["places"]

ENDS = ("妇女联合会", "妇联会", "妇联", "妇女工作委员会", "妇工委", "妇女委员会", "妇委会", "村民委员会", "村委会", "居民委员会", "居委会",
        "社区", "村", "镇", "乡", "街道办事处", "街道", "县", "区", "市", "省", "农场", "林场", "垦殖场", "管理处", "管委会")
APART = re.compile(r"[\s，,。、：:；;《》【】\[\]“”\"'_|/]+|(?:19|20)\d\d\s*年度?|\d{1,2}\s*[月日]")
DOCUMENT = re.compile(  # how what follows a name begins
    r"\d*(?:妇联|妇女(?!委员会|工作委员会|小组|代表)|执委|执行委员(?!会)|常委|常务委员(?!会)|委员(?!会)|主席|副主席|班子|领导|成员|系统|干部|人员|队伍|换届|新一届|上一届|本届|期初|"
    r"第[一二三四五六七八九十\d]+届|现任|在任|组织(?!部)|机构|基本|信息|情况|数据|花名册|名册|名单|登记|汇总|统计|报送|一览|通讯录|联系|材料|附[件表]|拟任|候选|各|所属|下属|"
    r"本级|[村乡镇县]级|社区级|年度|\Z)")
GENERAL = re.compile(  # of no place in particular
    r"(?:某|×|[Xx*]|全|各|本|所属|下属|直属|基层|机关|单位|系统|省|市|县|区|乡|镇|街道|村|社区|居委会|村委会|妇女联合会|妇联|级|城|农|及|和|两委|[()-])+\Z")
BELOW = re.compile(r"(?:各|所属|下属|乡|镇|街道|村|社区|妇女联合会|妇联|级|及|[()-])+\Z")  # of all that lie in the place before it
BRACKETS = re.compile(r"\(([^()]*)\)")


def places(context: str) -> Iterator[list[str]]:
    """Of each part that names a place: what may be its name, the longest first. Whichever of them is known is meant; where none is, the first."""
    for part in _parts(context):
        last = max((n for n in range(2, len(part) + 1) if part[:n].endswith(ENDS)), default=0)
        said = [part[:n] for n in range(last, 1, -1) if part[:n].endswith(ENDS) and DOCUMENT.match(part[n:])
                and (n == last or BELOW.match(part[n:last])) and not GENERAL.match(part[:n])]  # fmt: skip
        if said:
            yield said


def _parts(context: str) -> Iterator[str]:
    """Without dates, and with what stands in brackets apart, unless a name goes on behind them: 莲塘镇（东）社区."""
    for part in APART.split(context):
        part = plain(part)
        for m in reversed([*BRACKETS.finditer(part)]):
            if DOCUMENT.match(part[m.end():]):
                yield m[1]
                part = part[:m.start()] + part[m.end():]
        yield part
