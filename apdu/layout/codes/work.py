"""Code tables of employment, unemployment and skills.

Source: LD/T 32.6 sections 8.2.3 and 8.3.
"""

from __future__ import annotations

from apdu.layout.code import Code


class EmploymentState(Code):
    """Employment state."""

    EMPLOYED = "1", "Employed", "在业"
    RETIRED_CADRE = "2", "Retired cadre", "离休"
    RETIRED = "3", "Retired", "退休"
    LEFT_WORK_EARLY_EXIT_TERMS = "4", "Left work on early-exit terms", "退职"
    UNEMPLOYED = "5", "Unemployed", "失业"
    WITHOUT_WORK = "6", "Without work", "无业"
    NEVER_EMPLOYED = "7", "Never employed", "从未就业"
    OTHERWISE_NOT_EMPLOYED = (
        "8",
        "Otherwise not employed (abroad, military service, imprisoned and the like)",
        "其他非在业",
    )


class ProfessionalTitleLevel(Code):
    """Professional title level."""

    SENIOR = "410", "Senior", "高级"
    FULL_SENIOR = "411", "Full senior", "正高级"
    DEPUTY_SENIOR = "412", "Deputy senior", "副高级"
    INTERMEDIATE = "420", "Intermediate", "中级"
    JUNIOR = "430", "Junior", "初级"
    ASSISTANT = "434", "Assistant", "助理级"
    ENTRY_LEVEL = "435", "Entry level", "员级"
    LEVEL_NOT_FIXED = "499", "Level not fixed", "未定职级"


class ProfessionalQualification(Code):
    """Professional qualification."""

    LICENSED_PHARMACIST = "100", "Licensed pharmacist", "执业药师"
    REGISTERED_ARCHITECT = "110", "Registered architect", "注册建筑师"
    REGISTERED_SURVEY_DESIGN_ENGINEER = "120", "Registered survey and design engineer", "勘察设计注册工程师"
    REGISTERED_STRUCTURAL_ENGINEER = "121", "Registered structural engineer", "注册结构工程师"
    REGISTERED_CIVIL_ENGINEER_GEOTECHNICAL = (
        "122",
        "Registered civil engineer (geotechnical)",
        "注册土木工程师(岩土专业)",
    )
    REGISTERED_CIVIL_ENGINEER_PORT_WATERWAY = (
        "123",
        "Registered civil engineer (port and waterway)",
        "注册土木工程师（港口与航道专业）",
    )
    REGISTERED_CIVIL_ENGINEER_WATER_HYDROPOWER_WORKS = (
        "124",
        "Registered civil engineer (water and hydropower works)",
        "注册土木工程师（水利水电工程）",
    )
    REGISTERED_UTILITY_ENGINEER = "125", "Registered utility engineer", "注册公用设备工程师"
    REGISTERED_ELECTRICAL_ENGINEER = "126", "Registered electrical engineer", "注册电气工程师"
    REGISTERED_CHEMICAL_ENGINEER = "127", "Registered chemical engineer", "注册化工工程师"
    REGISTERED_ENVIRONMENTAL_ENGINEER = "128", "Registered environmental engineer", "注册环保工程师"
    CONSTRUCTION_SUPERVISION_ENGINEER = "130", "Construction supervision engineer", "监理工程师"
    REAL_ESTATE_APPRAISER = "140", "Real estate appraiser", "房地产估价师"
    REGISTERED_ASSET_APPRAISER = "150", "Registered asset appraiser", "注册资产评估师"
    COST_ENGINEER = "160", "Cost engineer", "造价工程师"
    JEWELLERY_JADE_QUALITY_INSPECTOR = "170", "Jewellery and jade quality inspector", "珠宝玉石质量检验师"
    REGISTERED_TAX_AGENT = "180", "Registered tax agent", "注册税务师"
    AUCTIONEER = "190", "Auctioneer", "拍卖师"
    ENTERPRISE_LEGAL_ADVISER = "200", "Enterprise legal adviser", "企业法律顾问"
    PROSTHETIST_ORTHOTIST = "210", "Prosthetist and orthotist", "假肢与矫形器制作师"
    MINERAL_RESERVES_APPRAISER = "220", "Mineral reserves appraiser", "矿产储量评估价师"
    REGISTERED_URBAN_PLANNER = "230", "Registered urban planner", "注册城市规划师"
    PRICE_APPRAISER = "240", "Price appraiser", "价格鉴证师"
    COTTON_QUALITY_INSPECTOR = "250", "Cotton quality inspector", "棉花质量检验师"
    MINING_RIGHTS_APPRAISER = "260", "Mining rights appraiser", "矿业权评估师"
    REGISTERED_CONSULTING_ENGINEER = "270", "Registered consulting engineer", "注册咨询工程师"
    REAL_ESTATE_BROKER = "280", "Real estate broker", "房地产经纪人"
    INTERNATIONAL_COMMERCE_SPECIALIST = "290", "International commerce specialist", "国际商务专业人员"
    REGISTERED_SAFETY_ENGINEER = "300", "Registered safety engineer", "注册安全工程师"
    REGISTERED_NUCLEAR_SAFETY_ENGINEER = "310", "Registered nuclear safety engineer", "注册核安全工程师"
    CONSTRUCTOR = "320", "Constructor", "建造师"
    CONSTRUCTOR_CLASS_1 = "321", "Constructor, class 1", "一级建造师"
    CONSTRUCTOR_CLASS_2 = "322", "Constructor, class 2", "二级建造师"
    LAND_REGISTRATION_AGENT = "330", "Land registration agent", "土地登记代理人"
    REGISTERED_EQUIPMENT_SUPERVISION_ENGINEER = (
        "340",
        "Registered equipment supervision engineer",
        "注册设备监理师",
    )
    PUBLISHING_PROFESSIONAL = "350", "Publishing professional", "出版专业技术人员职业资格"
    QUALITY_PROFESSIONAL = "360", "Quality professional", "质量专业技术人员职业资格"
    ENVIRONMENTAL_IMPACT_ASSESSMENT_ENGINEER = (
        "370",
        "Environmental impact assessment engineer",
        "环境影响评价工程师",
    )
    REGISTERED_SURVEYOR = "380", "Registered surveyor", "注册测绘师"
    REGISTERED_SHIP_SURVEYOR = "390", "Registered ship surveyor", "注册验船师"
    PROPERTY_MANAGER = "400", "Property manager", "物业管理师"
    REGISTERED_METROLOGIST = "410", "Registered metrologist", "注册计量师"
    TENDERING_SPECIALIST = "420", "Tendering specialist", "招标师"
    INVESTMENT_CONSTRUCTION_PROJECT_MANAGER = (
        "430",
        "Investment and construction project manager",
        "投资建设项目管理师",
    )
    MANAGEMENT_CONSULTANT = "440", "Management consultant", "管理咨询师"
    SEISMIC_SAFETY_EVALUATION_ENGINEER = "450", "Seismic safety evaluation engineer", "地震安全性评价工程师"
    COMMUNICATIONS_PROFESSIONAL = "460", "Communications professional", "通信专业技术人员职业资格"
    ADVERTISING_PROFESSIONAL = "470", "Advertising professional", "广告专业技术人员职业资格"
    COMPUTER_TECHNOLOGY_SOFTWARE_PROFESSIONAL = (
        "480",
        "Computer technology and software professional",
        "计算机技术与软件专业技术资格",
    )
    TRANSLATOR = "490", "Translator", "翻译专业资格"
    SOCIAL_WORKER = "500", "Social worker", "社会工作者"


class EmploymentRegistrationType(Code):
    """Employment registration type."""

    EMPLOYMENT_BEGUN = "10", "Employment begun", "实现就业"
    EMPLOYMENT_ENDED = "20", "Employment ended", "终止就业"


class EmploymentForm(Code):
    """Employment form."""

    WITH_EMPLOYER = "010", "With an employer", "单位就业"
    SELF_ARRANGED = "020", "Self-arranged", "自主就业"
    SELF_EMPLOYED_BUSINESS = "021", "Self-employed business", "个体经营"
    FLEXIBLE_WORK = "022", "Flexible work", "灵活就业"
    OTHER_SELF_ARRANGED_WORK = "023", "Other self-arranged work", "其他自主就业"
    PLACED_PUBLIC_WELFARE_POST = "030", "Placed in a public-welfare post", "公益性岗位安置"
    OTHER_FORM = "990", "Other form", "其它就业形式"


class UnemploymentRegistrationType(Code):
    """Unemployment registration type."""

    REGISTERED_AS_UNEMPLOYED = "10", "Registered as unemployed", "失业登记"
    REGISTRATION_CANCELLED = "20", "Registration cancelled", "注销失业登记"


class UnemploymentReason(Code):
    """Unemployment reason."""

    NONE = "00", "None: the registration is being cancelled", "注销失业登记时填写"
    LEFT_SCHOOL_AT_16_OR_OLDER_WITHOUT_GOING_ON = (
        "10",
        "Left school at 16 or older without going on",
        "年满16周岁，从各类学校毕业、肄业，未能继续升学的",
    )
    EMPLOYMENT_ENTERPRISE_ENDED = "20", "Employment with an enterprise ended", "与企业解除或终止劳动关系的"
    RESIGNED_OR_WAS_DISMISSED_FROM_PUBLIC_BODY = (
        "30",
        "Resigned or was dismissed from a public body",
        "从机关事业单位辞职或被辞退解聘的",
    )
    LOST_CONTRACTED_LAND_CHANGE_NON_AGRICULTURAL_REGISTRATION = (
        "40",
        "Lost contracted land on change to non-agricultural registration",
        "由农业户口转为非农业户口，并失去承包土地的（含转产渔民和牧民）",
    )
    LEFT_MILITARY_SERVICE_WITHOUT_STATE_PLACEMENT = (
        "50",
        "Left military service without state placement",
        "军人退出现役、且未纳入国家统一安置的",
    )
    RELEASED_FROM_PRISON = (
        "60",
        "Released from prison, paroled, or serving outside prison",
        "刑满释放或假释、监外执行的",
    )
    RELEASED_FROM_RE_EDUCATION_THROUGH_LABOUR = (
        "70",
        "Released from re-education through labour",
        "劳动教养期满或提前解除劳动教养的",
    )
    BUSINESS_OWNER_WHO_CLOSED_DOWN = (
        "80",
        "Business owner who closed down",
        "个体工商户业主或私营企业业主停止经营的",
    )
    OTHER = "90", "Other", "其他"


class UnemploymentCancelReason(Code):
    """Unemployment cancel reason."""

    NONE = "00", "None: the person is registering as unemployed", "失业登记时填写"
    DRAWS_BASIC_PENSION = (
        "10",
        "Draws a basic pension, or man of 60 or woman of 55",
        "享受基本养老保险待遇的和男满60女满55周岁",
    )
    WORK_ABILITY_FULLY_LOST = "20", "Work ability fully lost", "完全丧失劳动能力"
    STARTED_SCHOOL_OR_MILITARY_SERVICE = (
        "30",
        "Started school or military service, or moved abroad",
        "入学、服兵役、移居境外",
    )
    IMPRISONED_OR_RE_EDUCATION_THROUGH_LABOUR = (
        "40",
        "Imprisoned or in re-education through labour",
        "被判刑收监执行或被劳动教养",
    )
    NO_CONTACT_REGISTERING_BODY_3_MONTHS = (
        "50",
        "No contact with the registering body for 3 months",
        "连续3个月未与失业登记机构联系",
    )
    HAS_STEADY_WORK_PAID_AT_LEAST_AT_LOCAL_MINIMUM_LIVING_STANDARD = (
        "60",
        "Has steady work paid at least at the local minimum living standard",
        "已从事有稳定收入工作且收入不低于当地城市居民最低生活保障标准",
    )
    DIED = "70", "Died", "死亡"
    OTHER = "90", "Other, missing persons included", "其他(含失踪)"


class EmploymentAidType(Code):
    """Employment aid type."""

    LAID_OFF_BY_STATE_ENTERPRISE_UNEMPLOYED = (
        "010",
        "Laid off by a state enterprise and unemployed",
        "国企下岗失业人员",
    )
    TO_BE_RESETTLED_AFTER_STATE_ENTERPRISE_CLOSED_OR_WENT_BANKRUPT = (
        "020",
        "To be resettled after a state enterprise closed or went bankrupt",
        "国企关闭破产安置人员",
    )
    LAID_OFF_BY_COLLECTIVE_ENTERPRISE = "030", "Laid off by a collective enterprise", "集体企业下岗职工"
    LONG_TERM_UNEMPLOYED_MINIMUM_LIVING_ALLOWANCE = (
        "040",
        "Long-term unemployed on minimum living allowance",
        "享受低保的长期失业人员",
    )
    OLDER_PERSON_DIFFICULTY_FINDING_WORK = (
        "050",
        "Older person with difficulty finding work",
        "大龄就业困难人员",
    )
    DISABLED_PERSON = "060", "Disabled person", "残疾人"
    MEMBER_HOUSEHOLD_WITHOUT_ANYONE_WORK = (
        "070",
        "Member of a household without anyone in work",
        "零就业家庭成员",
    )
    OTHER = "990", "Other", "其他"


class EmploymentPolicyType(Code):
    """Employment policy type."""

    SUBSIDY_PUBLIC_WELFARE_POSTS = "010", "Subsidy for public-welfare posts", "公益性岗位补贴"
    SOCIAL_INSURANCE_SUBSIDY = "020", "Social insurance subsidy", "社会保险补贴"
    JOB_PLACEMENT_SUBSIDY = "030", "Job placement subsidy", "职业介绍补贴"
    VOCATIONAL_TRAINING_SUBSIDY = "040", "Vocational training subsidy", "职业培训补贴"
    SKILL_ASSESSMENT_SUBSIDY = "050", "Skill assessment subsidy", "职业技能鉴定补贴"
    TAX_RELIEF = "060", "Tax relief", "税收优惠政策"
    TAX_RELIEF_SELF_EMPLOYED_BUSINESS = "061", "Tax relief for self-employed business", "个体经营税收政策"
    TAX_RELIEF_ENTERPRISES_THAT_HIRE = "062", "Tax relief for enterprises that hire", "企业吸纳税收政策"
    RELIEF_FROM_ADMINISTRATIVE_CHARGES = "070", "Relief from administrative charges", "行政事业性收费减免政策"
    INTEREST_SUBSIDY_SMALL_SECURED_LOANS = (
        "080",
        "Interest subsidy on small secured loans",
        "小额担保贷款贴息政策",
    )
    OTHER_EMPLOYMENT_SUPPORT = "990", "Other employment support", "其他就业扶持政策"
