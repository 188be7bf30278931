"""Code tables of honours, experts and former officers.

Source: LD/T 32.6 section 8.6.
"""

from __future__ import annotations

from apdu.layout.code import Code


class HonourTitle(Code):
    """Honour title."""

    SPECIAL_CLASS_MODEL_WORKER = "01", "Special-class model worker", "特级劳动模范"
    MODEL_WORKER = "02", "Model worker", "劳动模范"
    LABOUR_HERO = "03", "Labour hero", "劳动英雄"
    ADVANCED_WORKER = "04", "Advanced worker", "先进工作者"
    OUTSTANDING_COMMUNIST_PARTY_MEMBER = "05", "Outstanding Communist Party member", "优秀共产党员"
    OUTSTANDING_TRADE_UNION_OFFICER = "06", "Outstanding trade union officer", "优秀工会工作者"
    OUTSTANDING_TRADE_UNION_ACTIVIST = "07", "Outstanding trade union activist", "优秀工会积极分子"
    MASTER_TECHNICAL_COOPERATION = "08", "Master of technical cooperation", "技术协作能手"
    NEW_LONG_MARCH_PACESETTER = "09", "New Long March pacesetter", "新长征突击手"
    OUTSTANDING_YOUTH_LEAGUE_CADRE = "10", "Outstanding Youth League cadre", "优秀共青团干部"
    MARCH_8_RED_BANNER_PACESETTER = "11", "March 8 red-banner pacesetter", "三八红旗手"
    THREE_GOOD_STUDENT = "13", "Three-good student", "三好学生"
    OUTSTANDING_GRADUATE = "14", "Outstanding graduate", "优秀毕业生"
    OUTSTANDING_YOUTH_LEAGUE_MEMBER = "15", "Outstanding Youth League member", "优秀共青团员"
    OUTSTANDING_STUDENT_CADRE = "16", "Outstanding student cadre", "优秀学生干部"
    TOP_TEN_YOUNG_PIONEERS_INSTRUCTOR = "17", "Top ten Young Pioneers instructor", "十佳少先队辅导员"
    YOUNG_POST_EXPERT = "18", "Young post expert", "青年岗位能手"
    OUTSTANDING_YOUNG_GUARD = "19", "Outstanding young guard", "杰出（优秀）青年卫士"
    TOP_TEN_OUTSTANDING_YOUTH = "20", "Top ten outstanding youth", "十大杰出青年"
    OUTSTANDING_YOUTH_ETHNIC_UNITY_PROGRESS = (
        "21",
        "Outstanding youth for ethnic unity and progress",
        "各族青年团结进步杰出（优秀）奖",
    )
    OUTSTANDING_RURAL_TALENT = "22", "Outstanding rural talent", "农村优秀人才"
    OUTSTANDING_YOUNG_FARMER = "23", "Outstanding young farmer", "杰出青年农民"
    LEADING_RURAL_YOUNG_ENTREPRENEUR = "24", "Leading rural young entrepreneur", "农村青年创业致富带头人"
    OUTSTANDING_YOUNG_MIGRANT_WORKER = "25", "Outstanding young migrant worker", "杰出（优秀）进城务工青年"
    OUTSTANDING_YOUNG_FOREIGN_AFFAIRS_WORKER = (
        "26",
        "Outstanding young foreign affairs worker",
        "杰出（优秀）青年外事工作者",
    )
    YOUNG_SCIENTIST_AWARD = "27", "Young scientist award", "青年科学家奖"
    YOUTH_SCIENCE_TECHNOLOGY_INNOVATION_AWARD = (
        "28",
        "Youth science and technology innovation award",
        "青年科技创新奖",
    )
    MAY_FOURTH_NEWS_AWARD = "29", "May Fourth news award", "五四新闻奖"
    OUTSTANDING_CITIZEN_PROTECTION_MINORS = (
        "30",
        "Outstanding citizen in the protection of minors",
        "未成年人保护杰出（优秀）公民",
    )
    ACHIEVEMENT_AWARD_RETURNED_STUDENTS = (
        "31",
        "Achievement award for returned students",
        "留学回国人员成就奖",
    )
    NATIONAL_ADVANCED_RETURNED_STUDENT = (
        "32",
        "National advanced returned student",
        "全国留学回国人员先进个人",
    )
    MODEL_ETHNIC_UNITY_PROGRESS = "33", "Model of ethnic unity and progress", "民族团结进步模范"
    TOP_TEN_FARM_WOMEN = "34", "Top ten farm women", "十大农民女状元"
    TOP_TEN_WOMEN_CHINA = "35", "Top ten women of China", "中国十大女杰"
    LEADING_WOMAN_LEARNING_CONTEST_CAMPAIGN = (
        "36",
        "Leading woman of the learning and contest campaign",
        "“双学双比”先进女能手",
    )
    ADVANCED_WORKER_LEARNING_CONTEST_CAMPAIGN = (
        "37",
        "Advanced worker of the learning and contest campaign",
        "“双学双比”活动先进工作者",
    )
    TOP_TEN_WOMEN_AFFORESTATION = "38", "Top ten women in afforestation", "十大绿化女状元"
    WOMENS_LEADER_STARTING_BUSINESS = "39", "Women's leader in starting business", "巾帼创业带头人"
    WOMENS_CONTRIBUTION_PACESETTER = "40", "Women's contribution pacesetter", "“巾帼建功”标兵"
    WOMENS_MODEL_POST = "41", "Women's model post", "巾帼文明示范岗"
    ADVANCED_PERSON_NO_DRUGS_AT_HOME_CAMPAIGN = (
        "42",
        "Advanced person of the no-drugs-at-home campaign",
        "“不让毒品进我家”先进个人",
    )
    ADVANCED_WORKER_NO_DRUGS_AT_HOME_CAMPAIGN = (
        "43",
        "Advanced worker of the no-drugs-at-home campaign",
        "“不让毒品进我家”活动先进工作者",
    )
    ADVANCED_PERSON_PROTECTING_RIGHTS_WOMEN_CHILDREN = (
        "44",
        "Advanced person in protecting the rights of women and children",
        "维护妇女儿童权益先进个人",
    )
    ADVANCED_WORKER_AGAIN = "45", "Advanced worker (listed twice, see 04)", "先进工作者"
    OUTSTANDING_PARTY_AFFAIRS_WORKER = "46", "Outstanding Party affairs worker", "优秀党务工作者"
    MODEL_CIVIL_SERVANT = "47", "Model civil servant", "模范公务员"
    CIVIL_SERVANT_APPROVED_BY_PEOPLE = "48", "Civil servant approved by the people", "人民满意的公务员"
    YOUNG_OR_MIDDLE_AGED_EXPERT_OUTSTANDING_CONTRIBUTION = (
        "49",
        "Young or middle-aged expert with outstanding contribution",
        "有突出贡献的中青年专家",
    )
    HOLDER_GOVERNMENT_SPECIAL_ALLOWANCE = (
        "50",
        "Holder of the government special allowance",
        "政府特殊津贴获得者",
    )
    OUTSTANDING_PROFESSIONAL_OR_TECHNICAL_TALENT = (
        "51",
        "Outstanding professional or technical talent",
        "杰出专业技术人才",
    )
    MODEL_TEACHER = "52", "Model teacher", "模范教师"
    OUTSTANDING_TEACHER = "53", "Outstanding teacher", "优秀教师"
    OUTSTANDING_EDUCATION_WORKER = "54", "Outstanding education worker", "优秀教育工作者"
    CHINA_SKILLS_GRAND_AWARD = "55", "China skills grand award", "中华技能大奖"
    TECHNICAL_EXPERT = "56", "Technical expert", "技术能手"


class HonourLevel(Code):
    """Honour level."""

    NATIONAL = "0", "National", "国家级荣誉称号"
    PROVINCE = "1", "Province, autonomous region, municipality", "省(自治区、直辖市)级荣誉称号"
    MINISTRY_OR_COMMISSION = "3", "Ministry or commission", "部(委)级荣誉称号"
    PREFECTURE = "5", "Prefecture, city, department", "地(市、厅、局)级荣誉称号"
    DISTRICT = "6", "District, county, bureau", "区(县、局)级荣誉称号"
    GRASS_ROOTS_UNIT = "7", "Grass-roots unit", "基层单位荣誉称号"
    INTERNATIONAL_OR_FOREIGN = "8", "International or foreign", "国际国外荣誉称号"


class HonourMedal(Code):
    """Honour medal."""

    TWO_BOMBS_ONE_SATELLITE_MEDAL = "901", "Two Bombs and One Satellite medal", "“两弹一星”功勋奖章"
    SPACE_FLIGHT_MERIT_MEDAL = "902", "Space flight merit medal", "航天功勋奖章"
    MAY_1_LABOUR_MEDAL = "911", "May 1 labour medal", "五一劳动奖章"
    HERO_MODEL_MEDAL_CLASS_1 = "912", "Hero model medal, class 1", "一级英雄模范奖章"
    HERO_MODEL_MEDAL_CLASS_2 = "913", "Hero model medal, class 2", "二级英雄模范奖章"
    MERIT_MEDAL_CLASS_1 = "914", "Merit medal, class 1", "一等功奖章"
    MERIT_MEDAL_CLASS_2 = "915", "Merit medal, class 2", "二等功奖章"
    MERIT_MEDAL_CLASS_3 = "916", "Merit medal, class 3", "三等功奖章"
    OUTSTANDING_GRADUATE_MEDAL = "920", "Outstanding graduate medal", "优秀毕业生奖章"
    CHINA_YOUTH_MAY_FOURTH_MEDAL = "921", "China youth May Fourth medal", "中国青年五四奖章"
    YOUNG_EAGLE_MEDAL = "922", "Young eagle medal", "雏鹰奖章"


class ExpertKind(Code):
    """Expert kind."""

    NATIONAL_HIGH_LEVEL_PROFESSIONAL_TALENT = (
        "100",
        "National high-level professional talent",
        "国家级高层次专业技术人才",
    )
    SENIOR_EXPERT_DIRECT_CONTACT_CENTRAL_AUTHORITIES = (
        "110",
        "Senior expert in direct contact with the central authorities",
        "中央直接掌握联系的高级专家",
    )
    ACADEMICIAN = "120", "Academician", "院士"
    ACADEMICIAN_CHINESE_ACADEMY_SCIENCES = (
        "121",
        "Academician of the Chinese Academy of Sciences",
        "中国科学院院士",
    )
    ACADEMICIAN_CHINESE_ACADEMY_ENGINEERING = (
        "122",
        "Academician of the Chinese Academy of Engineering",
        "中国工程院院士",
    )
    ACADEMICIAN_FOREIGN_ACADEMY = "123", "Academician of a foreign academy", "外国科学院院士"
    MEMBER_SOCIAL_SCIENCE_DIVISION = "124", "Member of a social science division", "社科学部委员"
    NATIONAL_YOUNG_OR_MIDDLE_AGED_EXPERT_OUTSTANDING_CONTRIBUTION = (
        "130",
        "National young or middle-aged expert with outstanding contribution",
        "国家有突出贡献的中青年专家",
    )
    EXPERT_GOVERNMENT_SPECIAL_ALLOWANCE = (
        "140",
        "Expert with government special allowance",
        "享受政府特殊津贴专家",
    )
    NATIONAL_NOMINEE_TALENT_PROJECT = (
        "150",
        "National nominee of the talent project",
        "百千万人才工程国家级人选",
    )
    NOMINEE_CHANGJIANG_SCHOLARS_PROGRAMME = (
        "160",
        "Nominee of the Changjiang scholars programme",
        "长江学者奖励计划人选",
    )
    NOMINEE_HUNDRED_TALENTS_PROGRAMME = "170", "Nominee of the hundred talents programme", "百人计划人选"
    WINNER_NATIONAL_SCIENCE_AWARD = (
        "180",
        "Winner of a national science award, class 2 or above",
        "国家级科学技术奖励二等奖及以上获得者",
    )
    OTHER_NATIONAL_HIGH_LEVEL_PROFESSIONAL_TALENT = (
        "190",
        "Other national high-level professional talent",
        "国家级其他高层次专业技术人才",
    )
    PROVINCIAL_OR_MINISTERIAL_PROFESSIONAL_TALENT = (
        "200",
        "Provincial or ministerial professional talent",
        "省部级专业技术人才",
    )
    PROVINCIAL_OR_MINISTERIAL_EXPERT_OUTSTANDING_CONTRIBUTION = (
        "210",
        "Provincial or ministerial expert with outstanding contribution",
        "省部级有突出贡献专家",
    )
    OTHER_PROVINCIAL_OR_MINISTERIAL_PROFESSIONAL_TALENT = (
        "290",
        "Other provincial or ministerial professional talent",
        "省部级其他专业技术人才",
    )
    PREFECTURE_OR_CITY_PROFESSIONAL_TALENT = (
        "300",
        "Prefecture or city professional talent",
        "地市级专业技术人才",
    )
    PREFECTURE_OR_CITY_EXPERT_OUTSTANDING_CONTRIBUTION = (
        "310",
        "Prefecture or city expert with outstanding contribution",
        "地市级有突出贡献专家",
    )
    OTHER_PREFECTURE_OR_CITY_PROFESSIONAL_TALENT = (
        "390",
        "Other prefecture or city professional talent",
        "地市级其他专业技术人才",
    )
    COUNTY_PROFESSIONAL_TALENT = "400", "County professional talent", "县级专业技术人才"
    COUNTY_EXPERT_OUTSTANDING_CONTRIBUTION = (
        "410",
        "County expert with outstanding contribution",
        "县级有突出贡献专家",
    )
    OTHER_COUNTY_PROFESSIONAL_TALENT = "490", "Other county professional talent", "县级其他专业技术人才"
    PROFESSIONAL_TALENT_ARMED_FORCES = "500", "Professional talent of the armed forces", "解放军专业技术人才"
    EXPERT_OUTSTANDING_CONTRIBUTION_WHOLE_ARMED_FORCES = (
        "510",
        "Expert with outstanding contribution, whole armed forces",
        "全军有突出贡献专家",
    )
    EXPERT_OUTSTANDING_CONTRIBUTION_MILITARY_REGION = (
        "520",
        "Expert with outstanding contribution, military region",
        "大军区级有突出贡献专家",
    )
    EXPERT_OUTSTANDING_CONTRIBUTION_CORPS = (
        "530",
        "Expert with outstanding contribution, corps",
        "军级有突出贡献专家",
    )
    EXPERT_OUTSTANDING_CONTRIBUTION_DIVISION = (
        "540",
        "Expert with outstanding contribution, division",
        "师级有突出贡献专家",
    )
    EXPERT_OUTSTANDING_CONTRIBUTION_REGIMENT = (
        "550",
        "Expert with outstanding contribution, regiment",
        "团级有突出贡献专家",
    )
    OTHER_PROFESSIONAL_TALENT_GROUP = "900", "Other professional talent (group)", "其他专业技术人才"
    EXPERT_SETTLED_OR_RETURNED_CHINA = "910", "Expert settled in or returned to China", "来华（回国）定居专家"
    RETURNED_EXPERT_WHO_STUDIED_ABROAD = "920", "Returned expert who studied abroad", "留学回国专家"
    NATIONAL_DISTINGUISHED_EXPERT = "930", "National distinguished expert", "国家特聘专家"
    OTHER_PROFESSIONAL_TALENT = "990", "Other professional talent", "其他专业技术人才"


class PlacementMode(Code):
    """Placement mode."""

    PLANNED_ASSIGNMENT = "1", "Planned assignment", "计划分配"
    OWN_CHOICE_JOB = "2", "Own choice of job", "自主择业"
    DEMOBILISATION_CHANGED_TRANSFER = "3", "Demobilisation changed to transfer", "复员改转业"
    OTHER = "9", "Other", "其他"
