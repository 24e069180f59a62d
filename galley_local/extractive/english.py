"""
English words, sorted by what they tell.

The lists stand in for the word frequencies and parts of speech that a model would know.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# They hold a sentence together and mean nothing on their own.
STOP_WORDS = _words("""
    a about above according across after again against all almost along already also although
    always am amid among an and another any anybody anyone anything are aren't around as at
    away be became because become becomes been before behind being below beneath beside
    besides between beyond both but by can can't cannot could couldn't despite did didn't do
    does doesn't doing don't done down during e.g each either else enough etc even ever every
    everyone everything few fewer for from further furthermore had hadn't has hasn't have
    haven't having he hence her here hers herself him himself his how however i i'm i.e if in
    indeed inside instead into is isn't it it's its itself just least less lest let let's like
    likewise many may maybe me meanwhile might mine moreover most mostly much must my myself
    near nearly neither never nevertheless no nobody none nor not nothing now of off often on
    once one only onto or other others otherwise ought our ours ourselves out outside over own
    per perhaps quite rather really same several shall she should shouldn't since so some
    somebody someone something sometimes somewhat soon still such than that that's the their
    theirs them themselves then thence there there's thereby therefore these they this those
    though through throughout thus till to together too toward towards under underneath unless
    unlike until up upon us usually very via vs was wasn't we well were weren't what whatever
    when whence whenever where whereas whereby wherein wherever whether which whichever while
    who whoever whole whom whose why will with within without won't would wouldn't yet you
    your yours yourself yourselves
""")

# They are found in texts on anything, so they tell little about a text.
WEAK_WORDS = _words("""
    able act actual add allow amount appear approach area aspect available back bad based
    basic became begin begun best better big bring brought build built call called came case
    cause certain change cheap cheaply choose come common complete consider contain current
    day deep describe detail different difficult done easy effect end ensure especially
    example exist explain fact far farther farthest fast faster feature final find first
    follow following form found full gave general get give given go going good got great group
    grow hand help high hold idea important include including increase information
    introduction involve issue keep kept kind know known large last late later lead learn left
    level likely list little long longer look lot low lower made main maintain make making man
    mean means method modern move name need new next note number occur old order overview part
    particular people place point possible present problem process produce properly provide
    put question quick quickly reason rebuilt reliable reliably report require result right
    run safe safely said saw say second see seem seen serve set short show shown similar
    simple simply single slow slowly small sort specific stand start state step stop store
    strong strongly subject take taken tell term thing third three time today topic total true
    try turn two type understand use used useful using usual value various version view want
    way went wide widely work world would year
""")

# They end a noun phrase although they carry meaning.
VERBS = _words("""
    attempt attempts support supports
    allow allows appear appears become becomes began begin begins brought built burn came
    carried carry cause causes contain contains create creates cut depend depends ensure
    ensures exist exists fell felt find finds follow follows found gave give given gives go
    goes gone got grew grown happen happens held help helps hold holds include includes
    including keep keeps kept knew know known laid lay leave led left let lie lies lit lose
    lost made make makes mean means meant met need needs paid perform performs prevent
    prevents provide provides put ran reach reaches read remain remains require requires
    return returns rise rose run runs said sat saw say says see seem seems seen sent serve
    serves set sets show showed shown shows sold spoke stand stands start starts stood stop
    stops struck swept take taken takes tell tend tends thought threw throw told tries try
    turn turns use uses using want wants went won wore work works write written wrote
""")

# What follows them is a noun, or the adjective before it.
BEFORE_A_NOUN = _words(
    "a an the of in on by with from at into for its their his her every each no any some"
)

# Alone they name no section of a report.
VAGUE_WORDS = _words("""
    argument block case century character command day directory error example feature file foot
    function hour hundred line metre mile million minute month night number object option page
    part program risk server split string system test thing thousand time user value word year
""")
