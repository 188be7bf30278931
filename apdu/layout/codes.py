"""Code tables of the card: what a stored code means. A code that no table knows is kept and shown as it is.

Sources: LD/T 32.6 section 8; nations GB/T 3304, sexes GB/T 2261.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table: `entries` maps a code to its English and Chinese meaning; `width` is the code's length."""

    name: str
    width: int
    entries: Mapping[str, tuple[str, str]]


CARD_CLASS = CodeTable(
    "card_class",
    1,
    {
        "1": ("Preschool child card, under 6", "学龄前儿童卡"),
        "2": ("Student card", "学生卡"),
        "3": ("Adult card; also where classes are not distinguished", "成年人卡"),
        "4": ("Senior card, over 70", "老年人卡"),
    },
)

SEX = CodeTable(
    "sex",
    1,
    {
        "1": ("Male", "男性"),
        "2": ("Female", "女性"),
        "9": ("Not stated", "未说明性别"),
    },
)

NATION = CodeTable(
    "nation",
    2,
    {
        "01": ("Han", "汉族"),
        "02": ("Mongol", "蒙古族"),
        "03": ("Hui", "回族"),
        "04": ("Zang (Tibetan)", "藏族"),
        "05": ("Uygur", "维吾尔族"),
        "06": ("Miao", "苗族"),
        "07": ("Yi", "彝族"),
        "08": ("Zhuang", "壮族"),
        "09": ("Buyei", "布依族"),
        "10": ("Chosen (Korean)", "朝鲜族"),
        "11": ("Man (Manchu)", "满族"),
        "12": ("Dong", "侗族"),
        "13": ("Yao", "瑶族"),
        "14": ("Bai", "白族"),
        "15": ("Tujia", "土家族"),
        "16": ("Hani", "哈尼族"),
        "17": ("Kazak", "哈萨克族"),
        "18": ("Dai", "傣族"),
        "19": ("Li", "黎族"),
        "20": ("Lisu", "傈僳族"),
        "21": ("Va", "佤族"),
        "22": ("She", "畲族"),
        "23": ("Gaoshan", "高山族"),
        "24": ("Lahu", "拉祜族"),
        "25": ("Sui", "水族"),
        "26": ("Dongxiang", "东乡族"),
        "27": ("Naxi", "纳西族"),
        "28": ("Jingpo", "景颇族"),
        "29": ("Kirgiz", "柯尔克孜族"),
        "30": ("Tu", "土族"),
        "31": ("Daur", "达斡尔族"),
        "32": ("Mulao", "仫佬族"),
        "33": ("Qiang", "羌族"),
        "34": ("Blang", "布朗族"),
        "35": ("Salar", "撒拉族"),
        "36": ("Maonan", "毛南族"),
        "37": ("Gelao", "仡佬族"),
        "38": ("Xibe", "锡伯族"),
        "39": ("Achang", "阿昌族"),
        "40": ("Pumi", "普米族"),
        "41": ("Tajik", "塔吉克族"),
        "42": ("Nu", "怒族"),
        "43": ("Uzbek", "乌孜别克族"),
        "44": ("Russ", "俄罗斯族"),
        "45": ("Ewenki", "鄂温克族"),
        "46": ("Deang", "德昂族"),
        "47": ("Bonan", "保安族"),
        "48": ("Yugur", "裕固族"),
        "49": ("Gin", "京族"),
        "50": ("Tatar", "塔塔尔族"),
        "51": ("Derung", "独龙族"),
        "52": ("Oroqen", "鄂伦春族"),
        "53": ("Hezhen", "赫哲族"),
        "54": ("Monba", "门巴族"),
        "55": ("Lhoba", "珞巴族"),
        "56": ("Jino", "基诺族"),
        "99": ("Other", "其他"),
    },
)

MEDICAL_INSURANCE_KIND = CodeTable(
    "medical_insurance_kind",
    3,
    {
        "310": ("Basic medical insurance of employees", "职工基本医疗保险"),
        "340": ("Medical cover of retired cadres", "离休人员医疗保障"),
        "360": ("Medical cover of Red Army veterans", "老红军医疗保障"),
        "380": ("New rural cooperative medical scheme", "新型农村合作医疗"),
        "390": ("Basic medical insurance of urban and rural residents", "城乡居民基本医疗保险"),
        "391": ("Basic medical insurance of urban residents", "城镇居民基本医疗保险"),
    },
)

MEDICAL_PERSON_KIND = CodeTable(
    "medical_person_kind",
    2,
    {
        "11": ("In work", "在职"),
        "21": ("Retired", "退休"),
        "22": ("Retired and settled elsewhere", "退休易地安置"),
        "31": ("Retired cadre", "离休"),
        "32": ("Red Army veteran", "老红军"),
        "33": ("Disabled revolutionary soldier of grade 2B or above", "二等乙级以上革命伤残军人"),
        "34": ("Person under special medical care", "医疗照顾人员"),
        "91": ("Other", "其他人员"),
    },
)

CARD_USE_MODE = CodeTable(
    "card_use_mode",
    1,
    {
        "1": ("Online", "联网处理方式"),
        "2": ("Offline", "脱网处理方式"),
    },
)

YES_NO = CodeTable(
    "yes_no",
    1,
    {
        "0": ("No", "否"),
        "1": ("Yes", "是"),
    },
)

TRANSACTION_KIND = CodeTable(
    "transaction_kind",
    1,
    {
        "1": ("Account load", "账户划入"),
        "2": ("Medical settlement", "医疗结算"),
    },
)

SETTLEMENT_KIND = CodeTable(
    "settlement_kind",
    1,
    {
        "1": ("Work injury treatment", "工伤医疗"),
        "2": ("Maternity treatment", "生育医疗"),
        "3": ("Medical relief", "医疗救助"),
        "9": ("Other", "其他"),
    },
)
