"""Code tables of who the holder is: card class, sex, nation, household, marriage, education, politics.

Sources: LD/T 32.6 sections 8.1 and 8.2; nations GB/T 3304, sexes GB/T 2261.1.
"""

from __future__ import annotations

from apdu.layout.code import Code


class CardClass(Code):
    """Card class."""

    PRESCHOOL_CHILD_CARD = "1", "Preschool child card, under 6", "学龄前儿童卡"
    STUDENT_CARD = "2", "Student card", "学生卡"
    ADULT_CARD = "3", "Adult card; also where classes are not distinguished", "成年人卡"
    SENIOR_CARD = "4", "Senior card, over 70", "老年人卡"


class Sex(Code):
    """Sex."""

    MALE = "1", "Male", "男性"
    FEMALE = "2", "Female", "女性"
    NOT_STATED = "9", "Not stated", "未说明性别"


class Nation(Code):
    """Nation."""

    HAN = "01", "Han", "汉族"
    MONGOL = "02", "Mongol", "蒙古族"
    HUI = "03", "Hui", "回族"
    ZANG = "04", "Zang (Tibetan)", "藏族"
    UYGUR = "05", "Uygur", "维吾尔族"
    MIAO = "06", "Miao", "苗族"
    YI = "07", "Yi", "彝族"
    ZHUANG = "08", "Zhuang", "壮族"
    BUYEI = "09", "Buyei", "布依族"
    CHOSEN = "10", "Chosen (Korean)", "朝鲜族"
    MAN = "11", "Man (Manchu)", "满族"
    DONG = "12", "Dong", "侗族"
    YAO = "13", "Yao", "瑶族"
    BAI = "14", "Bai", "白族"
    TUJIA = "15", "Tujia", "土家族"
    HANI = "16", "Hani", "哈尼族"
    KAZAK = "17", "Kazak", "哈萨克族"
    DAI = "18", "Dai", "傣族"
    LI = "19", "Li", "黎族"
    LISU = "20", "Lisu", "傈僳族"
    VA = "21", "Va", "佤族"
    SHE = "22", "She", "畲族"
    GAOSHAN = "23", "Gaoshan", "高山族"
    LAHU = "24", "Lahu", "拉祜族"
    SUI = "25", "Sui", "水族"
    DONGXIANG = "26", "Dongxiang", "东乡族"
    NAXI = "27", "Naxi", "纳西族"
    JINGPO = "28", "Jingpo", "景颇族"
    KIRGIZ = "29", "Kirgiz", "柯尔克孜族"
    TU = "30", "Tu", "土族"
    DAUR = "31", "Daur", "达斡尔族"
    MULAO = "32", "Mulao", "仫佬族"
    QIANG = "33", "Qiang", "羌族"
    BLANG = "34", "Blang", "布朗族"
    SALAR = "35", "Salar", "撒拉族"
    MAONAN = "36", "Maonan", "毛南族"
    GELAO = "37", "Gelao", "仡佬族"
    XIBE = "38", "Xibe", "锡伯族"
    ACHANG = "39", "Achang", "阿昌族"
    PUMI = "40", "Pumi", "普米族"
    TAJIK = "41", "Tajik", "塔吉克族"
    NU = "42", "Nu", "怒族"
    UZBEK = "43", "Uzbek", "乌孜别克族"
    RUSS = "44", "Russ", "俄罗斯族"
    EWENKI = "45", "Ewenki", "鄂温克族"
    DEANG = "46", "Deang", "德昂族"
    BONAN = "47", "Bonan", "保安族"
    YUGUR = "48", "Yugur", "裕固族"
    GIN = "49", "Gin", "京族"
    TATAR = "50", "Tatar", "塔塔尔族"
    DERUNG = "51", "Derung", "独龙族"
    OROQEN = "52", "Oroqen", "鄂伦春族"
    HEZHEN = "53", "Hezhen", "赫哲族"
    MONBA = "54", "Monba", "门巴族"
    LHOBA = "55", "Lhoba", "珞巴族"
    JINO = "56", "Jino", "基诺族"
    OTHER = "99", "Other", "其他"


class HouseholdType(Code):
    """Household type."""

    NON_AGRICULTURAL = "10", "Non-agricultural (urban)", "非农业户口(城镇)"
    LOCAL_NON_AGRICULTURAL = "11", "Local non-agricultural (local urban)", "本地非农业户口(本地城镇)"
    NON_LOCAL_NON_AGRICULTURAL = (
        "12",
        "Non-local non-agricultural (non-local urban)",
        "外地非农业户口(外地城镇)",
    )
    AGRICULTURAL = "20", "Agricultural (rural)", "农业户口(农村)"
    LOCAL_AGRICULTURAL = "21", "Local agricultural (local rural)", "本地农业户口(本地农村)"
    NON_LOCAL_AGRICULTURAL = "22", "Non-local agricultural (non-local rural)", "外地农业户口(外地农村)"
    FROM_HONG_KONG = "30", "From Hong Kong, Macao or Taiwan, or overseas Chinese", "港澳台侨人员"
    RESIDENT_HONG_KONG = "31", "Resident of Hong Kong", "香港特别行政区居民"
    RESIDENT_MACAO = "32", "Resident of Macao", "澳门特别行政区居民"
    RESIDENT_TAIWAN = "33", "Resident of Taiwan", "台湾地区居民"
    OVERSEAS_CHINESE = "34", "Overseas Chinese", "华侨"
    FOREIGNER = "40", "Foreigner", "外国人"
    FOREIGNER_WITHOUT_PERMANENT_RESIDENCE = (
        "41",
        "Foreigner without permanent residence",
        "未取得永久居留权的外国人",
    )
    FOREIGNER_PERMANENT_RESIDENCE = "42", "Foreigner with permanent residence", "取得永久居留权的外国人"
    RESIDENT = "50", "Resident, where urban and rural are no longer told apart", "居民户口"
    LOCAL_RESIDENT = "51", "Local resident", "本地居民户口"
    NON_LOCAL_RESIDENT = "52", "Non-local resident", "外地居民户口"


class MaritalStatus(Code):
    """Marital status."""

    SINGLE = "1", "Single", "未婚"
    MARRIED = "2", "Married", "已婚"
    WIDOWED = "3", "Widowed", "丧偶"
    DIVORCED = "4", "Divorced", "离婚"
    NOT_STATED = "9", "Not stated", "未说明的婚姻状况"


class IdentityClass(Code):
    """Identity class."""

    CIVIL_SERVANT = "11", "Civil servant", "国家公务员"
    STAFF_MANAGED_LIKE_CIVIL_SERVANTS = "12", "Staff managed like civil servants", "参照公务员管理人员"
    PROFESSIONAL_OR_TECHNICAL_STAFF = "13", "Professional or technical staff", "专业技术人员"
    OFFICE_WORKER = "17", "Office worker", "职员"
    ENTERPRISE_MANAGER = "21", "Enterprise manager", "企业管理人员"
    WORKER = "24", "Worker", "工人"
    FARMER = "27", "Farmer", "农民"
    STUDENT = "31", "Student", "学生"
    SOLDIER_ACTIVE_SERVICE = "37", "Soldier in active service", "现役军人"
    FREELANCER = "51", "Freelancer", "自由职业者"
    SELF_EMPLOYED_TRADER = "54", "Self-employed trader", "个体经营者"
    PERSON_WITHOUT_WORK = "70", "Person without work", "无业人员"
    RETIRED_PERSON = "80", "Retired person, early exit included", "退（离）休人员"
    OTHER = "90", "Other", "其他"


class PoliticalStatus(Code):
    """Political status."""

    MEMBER_COMMUNIST_PARTY = "01", "Member of the Communist Party", "中共党员"
    PROBATIONARY_MEMBER_COMMUNIST_PARTY = "02", "Probationary member of the Communist Party", "中共预备党员"
    MEMBER_COMMUNIST_YOUTH_LEAGUE = "03", "Member of the Communist Youth League", "共青团员"
    MEMBER_REVOLUTIONARY_COMMITTEE_KUOMINTANG = (
        "04",
        "Member of the Revolutionary Committee of the Kuomintang",
        "民革会员",
    )
    MEMBER_CHINA_DEMOCRATIC_LEAGUE = "05", "Member of the China Democratic League", "民盟盟员"
    MEMBER_NATIONAL_DEMOCRATIC_CONSTRUCTION_ASSOCIATION = (
        "06",
        "Member of the National Democratic Construction Association",
        "民建会员",
    )
    MEMBER_ASSOCIATION_PROMOTING_DEMOCRACY = (
        "07",
        "Member of the Association for Promoting Democracy",
        "民进会员",
    )
    MEMBER_PEASANTS_WORKERS_DEMOCRATIC_PARTY = (
        "08",
        "Member of the Peasants' and Workers' Democratic Party",
        "农工党党员",
    )
    MEMBER_ZHI_GONG_PARTY = "09", "Member of the Zhi Gong Party", "致公党党员"
    MEMBER_JIUSAN_SOCIETY = "10", "Member of the Jiusan Society", "九三学社社员"
    MEMBER_TAIWAN_DEMOCRATIC_SELF_GOVERNMENT_LEAGUE = (
        "11",
        "Member of the Taiwan Democratic Self-Government League",
        "台盟盟员",
    )
    DEMOCRAT_WITHOUT_PARTY = "12", "Democrat without party", "无党派民主人士"
    NO_AFFILIATION = "13", "No affiliation", "群众"


class Education(Code):
    """Education."""

    DOCTORAL_STUDIES = "11", "Doctoral studies", "博士研究生"
    MASTERS_STUDIES = "14", "Master's studies", "硕士研究生"
    BACHELOR_STUDIES = "21", "Bachelor studies", "大学本科"
    COLLEGE = "31", "College", "大学专科"
    SECONDARY_SPECIALISED_SCHOOL = "41", "Secondary specialised school", "中等专科"
    VOCATIONAL_HIGH_SCHOOL = "44", "Vocational high school", "职业高中"
    SKILLED_WORKERS_SCHOOL = "47", "Skilled workers school", "技工学校"
    GENERAL_SENIOR_HIGH_SCHOOL = "61", "General senior high school", "普通高中"
    JUNIOR_HIGH_SCHOOL = "71", "Junior high school", "初级中学"
    PRIMARY_SCHOOL = "81", "Primary school", "小学"
    OTHER = "90", "Other", "其他"
