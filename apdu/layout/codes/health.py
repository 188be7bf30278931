"""Code tables of health, disability, social relief and preferential care.

Source: LD/T 32.6 annex B, section B4.
"""

from __future__ import annotations

from apdu.layout.code import Code


class HealthState(Code):
    """Health state."""

    HEALTHY_OR_GOOD = "1", "Healthy or good", "健康或良好"
    FAIR_OR_WEAK = "2", "Fair or weak", "一般或较弱"
    CHRONIC_ILLNESS = "3", "Chronic illness", "有慢性病"
    DISABLED = "4", "Disabled", "残疾"


class DisabilityKind(Code):
    """Disability kind."""

    SIGHT = "1", "Sight", "视力残疾"
    HEARING = "2", "Hearing", "听力残疾"
    SPEECH = "3", "Speech", "言语残疾"
    PHYSICAL = "4", "Physical", "肢体残疾"
    INTELLECTUAL = "5", "Intellectual", "智力残疾"
    MENTAL = "6", "Mental", "精神残疾"
    MULTIPLE = "7", "Multiple", "多重残疾"
    OTHER = "9", "Other", "其他残疾"


class DisabilityGrade(Code):
    """Disability grade."""

    DISABILITY_GRADE_1 = "1", "Disability grade 1", "残疾一级"
    DISABILITY_GRADE_2 = "2", "Disability grade 2", "残疾二级"
    DISABILITY_GRADE_3 = "3", "Disability grade 3", "残疾三级"
    DISABILITY_GRADE_4 = "4", "Disability grade 4", "残疾四级"


class AboBloodGroup(Code):
    """ABO blood group."""

    GROUP_A = "A型", "Group A", "A型"
    GROUP_B = "B型", "Group B", "B型"
    GROUP_AB = "AB型", "Group AB", "AB型"
    GROUP_O = "O型", "Group O", "O型"
    OTHER = "其他", "Other", "其他"


class RhBloodGroup(Code):
    """Rh blood group."""

    RH_NEGATIVE = "01", "Rh negative", "Rh阴性"
    RH_POSITIVE = "02", "Rh positive", "Rh阳性"
    UNKNOWN = "03", "Unknown", "不详"


class HealthFlag(Code):
    """Health flag."""

    NO = "0", "No", "无"
    YES = "1", "Yes", "有"
    UNKNOWN = "2", "Unknown", "不详"


class SocialRelief(Code):
    """Social relief."""

    URBAN_MINIMUM_LIVING_ALLOWANCE = "01", "Urban minimum living allowance", "城市最低生活保障"
    RURAL_MINIMUM_LIVING_ALLOWANCE = "02", "Rural minimum living allowance", "农村最低生活保障"
    RURAL_FIVE_GUARANTEE_SUPPORT = "03", "Rural five-guarantee support", "农村五保供养"
    URBAN_RURAL_MEDICAL_RELIEF = "04", "Urban and rural medical relief", "城乡医疗救助"
    OTHER_SOCIAL_RELIEF = "09", "Other social relief", "其他社会救助"


class PreferentialCare(Code):
    """Preferential care."""

    ALLOWANCE_CONSCRIPTS_THEIR_FAMILIES = (
        "01",
        "Allowance for conscripts and their families",
        "义务兵及其家属优待金",
    )
    PERIODIC_PENSION = "02", "Periodic pension", "定期抚恤金"
    LIVING_SUBSIDY = "03", "Living subsidy", "生活补助"
    DISABILITY_PENSION_HEALTH_ALLOWANCE = (
        "04",
        "Disability pension and health allowance",
        "伤残抚恤金和伤残保健金",
    )
