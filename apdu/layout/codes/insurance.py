"""Code tables of social insurance: injury, pension, support of relatives, medical care.

Source: LD/T 32.6 sections 8.4 and 8.5.
"""

from __future__ import annotations

from apdu.layout.code import Code


class WorkAbilityMatter(Code):
    """Work ability matter."""

    ASSESSMENT_AFTER_WORK_INJURY = (
        "10",
        "Assessment after work injury, working ability and self-care",
        "工伤职工劳动能力鉴定(含劳动功能障碍程度、生活自理障碍程度鉴定)",
    )
    CONFIRMATION_LONGER_PAID_LEAVE_AFTER_INJURY = (
        "20",
        "Confirmation of longer paid leave after injury",
        "工伤职工延长停工留薪期确认",
    )
    CONFIRMATION_ASSISTIVE_DEVICES = (
        "30",
        "Confirmation of assistive devices: fitting, upkeep, replacement",
        "工伤职工配置辅助器具确认(含安装、维护、更换辅助器具确认)",
    )
    CONFIRMATION_REHABILITATION_TREATMENT = (
        "40",
        "Confirmation of rehabilitation treatment",
        "工伤职工康复性治疗确认",
    )
    CONFIRMATION_ILLNESS_CAUSED_DIRECTLY_BY_INJURY = (
        "50",
        "Confirmation of illness caused directly by the injury",
        "工伤职工工伤直接导致疾病确认",
    )
    CONFIRMATION_RELAPSE_OLD_INJURY = "60", "Confirmation of relapse of an old injury", "工伤职工旧伤复发确认"
    OTHER_CONFIRMATION_INJURED_WORKERS = (
        "70",
        "Other confirmation for injured workers",
        "工伤职工其他确认事项",
    )
    ASSESSMENT_DEPENDANTS_WORKER_KILLED_AT_WORK = (
        "80",
        "Assessment of dependants of a worker killed at work",
        "因工死亡职工供养亲属劳动能力鉴定",
    )
    ASSESSMENT_AFTER_ILLNESS_OR_INJURY_OUTSIDE_WORK = (
        "90",
        "Assessment after illness or injury outside work",
        "因病或非因工负伤职工劳动能力鉴定",
    )


class WorkInjuryGrade(Code):
    """Work injury grade."""

    DISABILITY_GRADE_1 = "01", "Disability grade 1", "伤残一级"
    DISABILITY_GRADE_2 = "02", "Disability grade 2", "伤残二级"
    DISABILITY_GRADE_3 = "03", "Disability grade 3", "伤残三级"
    DISABILITY_GRADE_4 = "04", "Disability grade 4", "伤残四级"
    DISABILITY_GRADE_5 = "05", "Disability grade 5", "伤残五级"
    DISABILITY_GRADE_6 = "06", "Disability grade 6", "伤残六级"
    DISABILITY_GRADE_7 = "07", "Disability grade 7", "伤残七级"
    DISABILITY_GRADE_8 = "08", "Disability grade 8", "伤残八级"
    DISABILITY_GRADE_9 = "09", "Disability grade 9", "伤残九级"
    DISABILITY_GRADE_10 = "10", "Disability grade 10", "伤残十级"
    BELOW_ANY_GRADE = "11", "Below any grade", "未达等级"


class SelfCareGrade(Code):
    """Self care grade."""

    FULLY_UNABLE_CARE_ONESELF = "1", "Fully unable to care for oneself", "生活完全不能自理"
    LARGELY_UNABLE_CARE_ONESELF = "2", "Largely unable to care for oneself", "生活大部分不能自理"
    PARTLY_UNABLE_CARE_ONESELF = "3", "Partly unable to care for oneself", "生活部分不能自理"
    BELOW_ANY_GRADE = "4", "Below any grade", "未达等级"


class WorkAbilityConclusion(Code):
    """Work ability conclusion."""

    NOT_FULLY_LOST = "0", "Not fully lost", "未完全丧失"
    FULLY_LOST = "1", "Fully lost", "完全丧失"


class ConfirmationResult(Code):
    """Confirmation result."""

    REFUSED = "0", "Refused", "不通过"
    CONFIRMED = "1", "Confirmed", "通过"


class PensionKind(Code):
    """Pension kind."""

    BASIC_PENSION_URBAN_ENTERPRISE_EMPLOYEES = (
        "110",
        "Basic pension of urban enterprise employees",
        "城镇企业职工基本养老保险",
    )
    PENSION_PUBLIC_BODIES_INSTITUTIONS = (
        "120",
        "Pension of public bodies and institutions",
        "机关事业单位养老保险",
    )
    NEW_RURAL_PENSION = "150", "New rural pension", "新型农村社会养老保险"
    PENSION_URBAN_RESIDENTS = "160", "Pension of urban residents", "城镇居民社会养老保险"
    PENSION_URBAN_RURAL_RESIDENTS = "170", "Pension of urban and rural residents", "城乡居民社会养老保险"


class YesNo(Code):
    """Yes or no."""

    NO = "0", "No", "否"
    YES = "1", "Yes", "是"


class InjuryRecognitionResult(Code):
    """Injury recognition result."""

    WORK_INJURY = "1", "Work injury", "工伤"
    DEEMED_WORK_INJURY = "2", "Deemed work injury", "视同工伤"
    NOT_WORK_INJURY = "3", "Not a work injury", "不属于工伤"
    NOT_DEEMED_WORK_INJURY = "4", "Not deemed work injury", "不视同工伤"


class SupportInsuranceKind(Code):
    """Support insurance kind."""

    BASIC_PENSION_URBAN_ENTERPRISE_EMPLOYEES = (
        "110",
        "Basic pension of urban enterprise employees",
        "城镇企业职工基本养老保险",
    )
    PENSION_PUBLIC_BODIES_INSTITUTIONS = (
        "120",
        "Pension of public bodies and institutions",
        "机关事业单位养老保险",
    )
    NEW_RURAL_PENSION = "150", "New rural pension", "新型农村社会养老保险"
    PENSION_URBAN_RESIDENTS = "160", "Pension of urban residents", "城镇居民社会养老保险"
    PENSION_URBAN_RURAL_RESIDENTS = "170", "Pension of urban and rural residents", "城乡居民社会养老保险"
    WORK_INJURY_INSURANCE = "410", "Work injury insurance", "工伤保险"


class SupportRelation(Code):
    """Support relation."""

    SPOUSE = "1", "Spouse", "配偶"
    CHILD = "2", "Child", "子女"
    GRANDCHILD = "4", "Grandchild", "孙子、孙女或外孙子、外孙女"
    PARENT = "5", "Parent", "父母"
    GRANDPARENT = "6", "Grandparent", "祖父母或外祖父母"
    BROTHER_OR_SISTER = "7", "Brother or sister", "兄、弟、姐、妹"


class InsuranceKind(Code):
    """Insurance kind."""

    BASIC_PENSION_URBAN_ENTERPRISE_EMPLOYEES = (
        "110",
        "Basic pension of urban enterprise employees",
        "城镇企业职工基本养老保险",
    )
    PENSION_PUBLIC_BODIES_INSTITUTIONS = (
        "120",
        "Pension of public bodies and institutions",
        "机关事业单位养老保险",
    )
    NEW_RURAL_PENSION = "150", "New rural pension", "新型农村社会养老保险"
    PENSION_URBAN_RESIDENTS = "160", "Pension of urban residents", "城镇居民社会养老保险"
    PENSION_URBAN_RURAL_RESIDENTS = "170", "Pension of urban and rural residents", "城乡居民社会养老保险"
    UNEMPLOYMENT_INSURANCE = "210", "Unemployment insurance", "失业保险"
    BASIC_MEDICAL_INSURANCE_EMPLOYEES = "310", "Basic medical insurance of employees", "职工基本医疗保险"
    NEW_RURAL_COOPERATIVE_MEDICAL_SCHEME = "380", "New rural cooperative medical scheme", "新型农村合作医疗"
    BASIC_MEDICAL_INSURANCE_URBAN_RURAL_RESIDENTS = (
        "390",
        "Basic medical insurance of urban and rural residents",
        "城乡居民基本医疗保险",
    )
    BASIC_MEDICAL_INSURANCE_URBAN_RESIDENTS = (
        "391",
        "Basic medical insurance of urban residents",
        "城镇居民基本医疗保险",
    )
    WORK_INJURY_INSURANCE = "410", "Work injury insurance", "工伤保险"
    MATERNITY_INSURANCE = "510", "Maternity insurance", "生育保险"


class MedicalInsuranceKind(Code):
    """Medical insurance kind."""

    BASIC_MEDICAL_INSURANCE_EMPLOYEES = "310", "Basic medical insurance of employees", "职工基本医疗保险"
    MEDICAL_COVER_RETIRED_CADRES = "340", "Medical cover of retired cadres", "离休人员医疗保障"
    MEDICAL_COVER_RED_ARMY_VETERANS = "360", "Medical cover of Red Army veterans", "老红军医疗保障"
    NEW_RURAL_COOPERATIVE_MEDICAL_SCHEME = "380", "New rural cooperative medical scheme", "新型农村合作医疗"
    BASIC_MEDICAL_INSURANCE_URBAN_RURAL_RESIDENTS = (
        "390",
        "Basic medical insurance of urban and rural residents",
        "城乡居民基本医疗保险",
    )
    BASIC_MEDICAL_INSURANCE_URBAN_RESIDENTS = (
        "391",
        "Basic medical insurance of urban residents",
        "城镇居民基本医疗保险",
    )


class MedicalPersonKind(Code):
    """Medical person kind."""

    IN_WORK = "11", "In work", "在职"
    RETIRED = "21", "Retired", "退休"
    RETIRED_SETTLED_ELSEWHERE = "22", "Retired and settled elsewhere", "退休易地安置"
    RETIRED_CADRE = "31", "Retired cadre", "离休"
    RED_ARMY_VETERAN = "32", "Red Army veteran", "老红军"
    DISABLED_REVOLUTIONARY_SOLDIER_GRADE_2B_OR_ABOVE = (
        "33",
        "Disabled revolutionary soldier of grade 2B or above",
        "二等乙级以上革命伤残军人",
    )
    PERSON_UNDER_SPECIAL_MEDICAL_CARE = "34", "Person under special medical care", "医疗照顾人员"
    OTHER = "91", "Other", "其他人员"


class CardUseMode(Code):
    """Card use mode."""

    ONLINE = "1", "Online", "联网处理方式"
    OFFLINE = "2", "Offline", "脱网处理方式"


class TransactionKind(Code):
    """Transaction kind."""

    ACCOUNT_LOAD = "1", "Account load", "账户划入"
    MEDICAL_SETTLEMENT = "2", "Medical settlement", "医疗结算"


class SettlementKind(Code):
    """Settlement kind."""

    WORK_INJURY_TREATMENT = "1", "Work injury treatment", "工伤医疗"
    MATERNITY_TREATMENT = "2", "Maternity treatment", "生育医疗"
    MEDICAL_RELIEF = "3", "Medical relief", "医疗救助"
    OTHER = "9", "Other", "其他"
