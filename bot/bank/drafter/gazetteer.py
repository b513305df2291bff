"""What the world's names are: countries, demonyms, cities, planets, first names, words that tell kinds.

The lists are general knowledge; a name that stands in none of them is judged by the words around it.
"""

from functools import cache

from bot.bank.drafter.lexicon import word_set

# country or land|demonym; a comma parts further spellings.
_COUNTRIES = """
Afghanistan|Afghan;Albania|Albanian;Algeria|Algerian;Andorra|Andorran;Angola|Angolan;
Argentina|Argentine,Argentinian;
Armenia|Armenian;Australia|Australian;Austria|Austrian;Azerbaijan|Azerbaijani;Bahamas|Bahamian;
Bahrain|Bahraini;
Bangladesh|Bangladeshi;Barbados|Barbadian;Belarus|Belarusian;Belgium|Belgian;Belize|Belizean;Benin|Beninese;
Bhutan|Bhutanese;Bolivia|Bolivian;Bosnia and Herzegovina,Bosnia|Bosnian;Botswana|Botswanan;Brazil|Brazilian;
Brunei|Bruneian;Bulgaria|Bulgarian;Burkina Faso|Burkinabe;Burundi|Burundian;Cambodia|Cambodian;
Cameroon|Cameroonian;
Canada|Canadian;Cape Verde|Cape Verdean;Chad|Chadian;Chile|Chilean;China|Chinese;Colombia|Colombian;
Comoros|Comorian;
Congo|Congolese;Costa Rica|Costa Rican;Croatia|Croatian;Cuba|Cuban;Cyprus|Cypriot;
Czech Republic,Czechia|Czech;
Denmark|Danish;Djibouti|Djiboutian;Dominican Republic|Dominican;Ecuador|Ecuadorian;Egypt|Egyptian;
El Salvador|Salvadoran;
Eritrea|Eritrean;Estonia|Estonian;Eswatini|Swazi;Ethiopia|Ethiopian;Fiji|Fijian;Finland|Finnish;France|French;
Gabon|Gabonese;Gambia|Gambian;Germany|German;Ghana|Ghanaian;Greece|Greek;Greenland|Greenlandic;
Grenada|Grenadian;
Guatemala|Guatemalan;Guinea|Guinean;Guyana|Guyanese;Haiti|Haitian;Honduras|Honduran;Hungary|Hungarian;
Iceland|Icelandic;India|Indian;Indonesia|Indonesian;Iran|Iranian;Iraq|Iraqi;Ireland|Irish;Israel|Israeli;
Italy|Italian;
Ivory Coast|Ivorian;Jamaica|Jamaican;Japan|Japanese;Kazakhstan|Kazakh;Kenya|Kenyan;Kosovo|Kosovan;
Kuwait|Kuwaiti;Kyrgyzstan|Kyrgyz;Laos|Laotian;Latvia|Latvian;Lebanon|Lebanese;Lesotho|Basotho;
Liberia|Liberian;
Libya|Libyan;Liechtenstein|Liechtensteiner;Lithuania|Lithuanian;Luxembourg|Luxembourgish;Madagascar|Malagasy;
Malawi|Malawian;Malaysia|Malaysian;Maldives|Maldivian;Mali|Malian;Malta|Maltese;Mauritania|Mauritanian;
Mauritius|Mauritian;Mexico|Mexican;Moldova|Moldovan;Monaco|Monegasque;Mongolia|Mongolian;
Montenegro|Montenegrin;
Morocco|Moroccan;Mozambique|Mozambican;Myanmar|Burmese;Namibia|Namibian;Nepal|Nepalese,Nepali;
Netherlands|Dutch;
New Zealand|New Zealander;Nicaragua|Nicaraguan;Niger|Nigerien;Nigeria|Nigerian;North Korea|North Korean;
North Macedonia|Macedonian;Norway|Norwegian;Oman|Omani;Pakistan|Pakistani;Palau|Palauan;Panama|Panamanian;
Papua New Guinea|Papua New Guinean;Paraguay|Paraguayan;Peru|Peruvian;Philippines|Filipino,Philippine;
Poland|Polish;
Portugal|Portuguese;Qatar|Qatari;Romania|Romanian;Russia|Russian;Rwanda|Rwandan;Samoa|Samoan;
Saudi Arabia|Saudi;
Senegal|Senegalese;Serbia|Serbian;Seychelles|Seychellois;Sierra Leone|Sierra Leonean;Singapore|Singaporean;
Slovakia|Slovak;Slovenia|Slovenian;Somalia|Somali;South Africa|South African;South Korea|South Korean;
South Sudan|South Sudanese;Spain|Spanish;Sri Lanka|Sri Lankan;Sudan|Sudanese;Suriname|Surinamese;
Sweden|Swedish;
Switzerland|Swiss;Syria|Syrian;Taiwan|Taiwanese;Tajikistan|Tajik;Tanzania|Tanzanian;Thailand|Thai;
Togo|Togolese;
Tonga|Tongan;Trinidad and Tobago|Trinidadian;Tunisia|Tunisian;Turkey|Turkish;Turkmenistan|Turkmen;
Tuvalu|Tuvaluan;
Uganda|Ugandan;Ukraine|Ukrainian;United Arab Emirates,UAE|Emirati;United Kingdom,UK|;
Great Britain,Britain|British;
United States,US,USA,United States of America,America|American;Uruguay|Uruguayan;Uzbekistan|Uzbek;Vanuatu|;
Vatican City|;Venezuela|Venezuelan;Vietnam|Vietnamese;Yemen|Yemeni;Zambia|Zambian;Zimbabwe|Zimbabwean;
England|English;Scotland|Scottish;Wales|Welsh;Northern Ireland|Northern Irish;Palestine|Palestinian;
Tibet|Tibetan;
Soviet Union,USSR|Soviet;East Germany|East German;West Germany|West German;Czechoslovakia|Czechoslovak;
Yugoslavia|Yugoslav;Prussia|Prussian;Persia|Persian;Ottoman Empire|Ottoman;Roman Empire|Roman;
Byzantine Empire|Byzantine
"""
_CITIES = """
London,Paris,Berlin,Madrid,Rome,Lisbon,Vienna,Athens,Dublin,Brussels,Amsterdam,Copenhagen,Stockholm,Oslo,
Helsinki,
Reykjavik,Warsaw,Prague,Budapest,Bucharest,Sofia,Belgrade,Zagreb,Kyiv,Kiev,Moscow,St Petersburg,Istanbul,
Ankara,
Cairo,Alexandria,Tunis,Algiers,Casablanca,Lagos,Abuja,Accra,Nairobi,Addis Ababa,Johannesburg,Cape Town,
Pretoria,
Durban,Kinshasa,Dakar,Khartoum,Baghdad,Tehran,Riyadh,Dubai,Abu Dhabi,Doha,Jerusalem,Tel Aviv,Beirut,
Damascus,Amman,
Karachi,Lahore,Islamabad,Delhi,New Delhi,Mumbai,Kolkata,Chennai,Bangalore,Hyderabad,Dhaka,Kathmandu,Colombo,
Bangkok,Hanoi,Jakarta,Manila,Kuala Lumpur,Hong Kong,Macau,Taipei,Beijing,Shanghai,Shenzhen,Guangzhou,Wuhan,
Chengdu,
Seoul,Busan,Pyongyang,Tokyo,Osaka,Kyoto,Hiroshima,Nagasaki,Sapporo,Sydney,Melbourne,Brisbane,Perth,Adelaide,
Canberra,
Auckland,Wellington,Christchurch,New York,Washington,Los Angeles,Chicago,Houston,Dallas,Boston,Philadelphia,
Miami,
Seattle,San Francisco,San Diego,Denver,Atlanta,Detroit,New Orleans,Las Vegas,Toronto,Montreal,Vancouver,
Ottawa,Quebec,
Calgary,Mexico City,Havana,Bogota,Bogotá,Lima,Quito,Caracas,Santiago,Buenos Aires,Montevideo,Rio de Janeiro,
São Paulo,Sao Paulo,Brasilia,La Paz,Manchester,Birmingham,Liverpool,Leeds,Sheffield,Newcastle,Bristol,
Edinburgh,
Glasgow,Aberdeen,Dundee,Cardiff,Swansea,Belfast,Oxford,Cambridge,York,Bath,Exeter,Plymouth,Southampton,
Portsmouth,
Brighton,Norwich,Nottingham,Leicester,Coventry,Hull,Durham,Lancaster,Munich,Hamburg,Cologne,Frankfurt,
Stuttgart,
Dresden,Leipzig,Zurich,Geneva,Bern,Basel,Milan,Turin,Naples,Florence,Venice,Genoa,Bologna,Palermo,Pompeii,
Barcelona,
Seville,Valencia,Bilbao,Porto,Marseille,Lyon,Nice,Bordeaux,Toulouse,Lille,Strasbourg,Rotterdam,The Hague,
Utrecht,
Antwerp,Bruges,Ghent,Gothenburg,Malmö,Bergen,Trondheim,Gdansk,Krakow,Kraków,Riga,Tallinn,Vilnius,Minsk
"""
_REGIONS = """
Africa,Europe,Asia,Antarctica,North America,South America,Latin America,Central America,Oceania,Australasia,
Middle East,Far East,Scandinavia,Siberia,Patagonia,Sahara,Himalayas,Alps,Andes,Pyrenees,Rockies,Balkans,
Caribbean,
Mediterranean,Arctic,Amazon,Atlantic,Pacific,Baltic,Adriatic,Nile,Thames,Danube,Rhine,Seine,Mississippi,
Ganges,
Everest,Etna,Vesuvius,Sicily,Sardinia,Corsica,Crete,Tuscany,Catalonia,Andalusia,Bavaria,Normandy,Brittany,
Provence,
Cornwall,Devon,Kent,Essex,Sussex,Yorkshire,Orkney,Shetland,
Victoria,Ontario,Java,
Sumatra,Borneo,Bali,Madeira,Tenerife,La Palma,Canary Islands,Azores,Galápagos,Galapagos,Crimea,Anatolia,
Mesopotamia,
Hokkaido,Honshu,Manhattan,Brooklyn,Silicon Valley,Hollywood,Westminster
"""
_STATES = """
Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Hawaii,Idaho,Illinois,
Indiana,Iowa,
Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,Montana,
Nebraska,
Nevada,New Hampshire,New Jersey,New Mexico,North Carolina,North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,
Rhode Island,
South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,West Virginia,Wisconsin,Wyoming,
New South Wales,
Queensland,Tasmania,Bavaria,Saxony,Kerala,Punjab,Gujarat,Rajasthan
"""
_CELESTIAL = """
Sun,Mercury,Venus,Earth,Mars,Jupiter,Saturn,Uranus,Neptune,Pluto,Moon,Ceres,Io,Europa,Ganymede,Callisto,Titan,
Enceladus,Triton,Phobos,Deimos,Milky Way,Solar System,Andromeda,Alpha Centauri,Proxima Centauri,Betelgeuse,
Sirius
"""
_PERIODS = """
Stone Age,Bronze Age,Iron Age,Ice Age,Middle Ages,Dark Ages,Renaissance,Enlightenment,Industrial Revolution,
Neolithic,
Mesolithic,Palaeolithic,Paleolithic,Jurassic,Cretaceous,Triassic,Permian,Devonian,Cambrian,Carboniferous,
Ordovician,
Silurian,Miocene,Pliocene,Pleistocene,Holocene,Eocene,Oligocene,Victorian,Edwardian,Georgian,Tudor,
Elizabethan,
Viking,Anglo-Saxon,Norman,Cold War,First World War,Second World War,World War I,World War II,World War One,
World War Two,Napoleonic
"""
_FIRST_NAMES = """
Aaron Abdul Abdullah Abigail Adam Adrian Ahmed Aisha Akira Alan Albert Alberto Alejandro Alessandro Alex
Alexander
Alexandra Alfred Ali Alice Alison Amanda Amelia Amina Amir Amy Ana Anders Andre Andrea Andreas Andrei
Andrew Angela
Anita Anjali Ann Anna Anne Annika Anthony Antonio Anya Archie Arjun Arthur Asha Astrid Aya Barbara Beatrice
Ben
Benjamin Bernard Bill Bjorn Bob Boris Brenda Brian Bruno Callum Camille Carl Carla Carlo Carlos Carmen
Carol Caroline
Catherine Cecilia Charles Charlie Charlotte Chen Chiara Chloe Chris Christian Christina Christine
Christopher Claire
Clara Claudia Colin Craig Dan Daniel Daniela Danielle Dave David Dawn Deborah Dennis Derek Diana Diego
Dmitri Dominic
Donald Dorothy Douglas Duncan Edward Edwin Eleanor Elena Elizabeth Ella Ellen Elsa Emily Emma Eric Erik
Ethan Eva
Evelyn Ewa Fatima Felix Fernando Fiona Frances Francesca Francesco Francis Francisco Frank Fred Frederick
Freya Gareth
Gary Gavin Geoffrey George Gerald Giorgio Giovanni Giulia Gordon Grace Graham Greg Gustav Hannah Hans
Harold Harriet
Harry Hassan Heather Helen Helena Henrik Henry Hiroshi Hugh Hugo Ian Ibrahim Imran Ingrid Irene Isaac
Isabel Isabella
Isla Ivan Jack Jacob James Jan Jane Janet Jason Javier Jean Jeff Jennifer Jeremy Jessica Jim Joan Joanna
Joe Johan
Johann Johannes John Jonathan Jorge Jose José Joseph Joshua Juan Judith Julia Julian Julie Jun Karen Karin
Karl Kate
Katherine Kathryn Katie Keith Kelly Ken Kenneth Kenji Kevin Khaled Kim Kirsten Klaus Kofi Kwame Lars Laura
Lauren
Laurent Lawrence Lee Leila Leo Leonardo Leonie Li Liam Lily Linda Lisa Lorenzo Louis Louise Luca Lucas
Lucia Lucy Luis
Luke Magnus Malcolm Marco Marcus Margaret Maria Marie Marina Mario Marit Mark Martha Martin Martina Mary
Mateo Matteo
Matthew Maya Mehmet Mei Melissa Michael Michel Michelle Miguel Mike Ming Mohamed Mohammed Mona Monica
Muhammad Nadia
Naomi Natalia Natalie Natasha Nathan Neil Nia Nicholas Nick Nicola Nicolas Nicole Nigel Nikolai Nina Noah
Nora Obi
Olga Oliver Olivia Omar Oscar Owen Pablo Pamela Patricia Patrick Paul Paula Pauline Pedro Peter Petra
Philip Phillip
Pierre Priya Rachel Rafael Raj Rajesh Ralph Ravi Raymond Rebecca Ricardo Richard Robert Roberto Robin Roger
Roland
Ronald Rosa Rosie Ross Roy Ruth Ryan Saeed Sakura Sally Sam Samantha Samuel Sandra Sanjay Sara Sarah Scott
Sean
Sebastian Sergei Sergio Sharon Shaun Simon Simone Sofia Sonia Sophia Sophie Stefan Stella Stephanie Stephen
Steve
Steven Stuart Sue Sunil Susan Suzanne Sven Sylvia Takashi Tamara Tanya Tara Tariq Ted Teresa Theo Theresa
Thomas Tim
Timothy Tina Tom Tomas Tomás Tony Tracy Uma Ursula Valentina Vanessa Vera Victor Victoria Vijay Vincent
Vladimir Wang
Walter Wei Wendy William Wolfgang Xavier Yang Yasmin Yuki Yuri Yusuf Yves Zara Zhang Zoe Hanna Effie Rhona
Angus Luka Rhys Sven Maja Ines Ivana Jelena Milan Marko Petar Nikola Katarina Elif Emre Leyla Ngozi Chidi
Amara Thabo Sipho Nomsa Kaito Haruto Ren Yuto Hana Aiko Soo Min Jin Wen Xiao Rohan Neha Pooja Deepak Ananya
Aditya Sofie Lotte Jonas Niklas Mikkel Freja Eoin Niamh Siobhan Ciaran Aoife Galileo Nicolaus Johannes
Leonardo Napoleon Aristotle Plato Archimedes Beethoven Mozart Shakespeare Michelangelo
"""
_MONONYMS = word_set(
    "Galileo Copernicus Kepler Newton Einstein Darwin Aristotle Plato Archimedes Shakespeare "
    "Mozart Beethoven Napoleon "
    "Michelangelo Picasso Cleopatra Socrates Homer Herodotus Pliny Ptolemy Columbus Magellan "
    "Rembrandt Dickens"
)

TITLES = word_set(
    "Dr Prof Professor Mr Mrs Ms Miss Sir Dame Lord Lady Capt Captain Colonel Col General Gen Major Sergeant "
    "Lieutenant Admiral President Chancellor King Queen Prince Princess Emperor Empress Pope "
    "Bishop Archbishop "
    "Cardinal Reverend Rev Senator Governor Mayor Judge Inspector Superintendent Detective Saint Emir Sultan "
    "Gov Sen Rep Pharaoh Tsar Baron Baroness Count Countess Duke Duchess Minister Secretary "
    "Chairman Chief Sheikh"
)
KEPT_TITLES = word_set("King Queen Prince Princess Emperor Empress Pope Pharaoh Tsar Saint Sultan Emir")

ROLES = word_set(
    "archaeologist astronomer astronaut biologist botanist chemist climatologist coach "
    "conservationist curator "
    "defender director ecologist economist engineer entrepreneur explorer forward founder "
    "geologist goalkeeper "
    "historian inventor journalist manager midfielder minister naturalist novelist oceanographer "
    "owner painter "
    "palaeontologist paleontologist philosopher photographer physicist pilot player poet "
    "politician president "
    "professor researcher scientist secretary seismologist singer spokesman spokeswoman spokesperson striker "
    "surgeon swimmer runner cyclist teacher volcanologist writer author zoologist composer actor "
    "actress artist "
    "architect sculptor captain commander cosmonaut winger chairman chairwoman chief executive officer boss "
    "farmer fisherman sailor diver chef designer lawyer doctor nurse mayor leader champion winner "
    "mathematician "
    "linguist anthropologist geneticist virologist meteorologist astrophysicist cosmologist lecturer analyst"
)

KIN = word_set(
    "father mother brother sister son daughter husband wife widow widower uncle aunt nephew niece cousin "
    "grandfather grandmother grandson granddaughter sister-in-law brother-in-law friend partner successor "
    "predecessor rival classmate colleague client barrister solicitor king queen deputy assistant"
)

SUFFIX_KINDS = {
    "place": "basin crater sea ocean river lake mountain mountains island islands isle bay gulf "
    "valley desert "
    "peninsula street road square park stadium arena castle cathedral palace airport bridge canal "
    "port harbour "
    "beach forest hemisphere glacier volcano reef plateau plain plains ridge strait channel abbey "
    "church temple "
    "pyramid tower county province state district village town city region national_park reserve "
    "museum gallery "
    "observatory theatre hall cave caves hill hills falls alps coast cape fjord archipelago lagoon "
    "estuary trench "
    "creek pass quarry fissure spring springs waterfall canyon mine lane avenue house station "
    "prison cemetery zoo garden gardens dam delta hotel "
    "Mount Lake Cape Fort Isle Gulf",
    "organisation": "university institute agency council company corporation corp ltd limited inc plc gmbh "
    "association committee bank party ministry department office service society foundation trust "
    "club united "
    "athletic rovers wanderers albion hotspur villa fc afc cf group survey laboratory laboratories college "
    "school hospital union federation commission academy centre center authority bureau parliament congress "
    "senate court army navy airlines airways systems technologies technology industries motors "
    "records studios "
    "pictures press times guardian partners holdings league association organisation organization fund trust "
    "capital ventures research analytics energy foods pharma pharmaceuticals therapeutics robotics labs "
    "media entertainment insurance orchestra choir team administration government guild board "
    "consortium network collaboration",
    "event": "cup championship championships olympics games prix festival prize award awards open trophy "
    "masters war battle revolution treaty summit conference final derby marathon tour earthquake hurricane "
    "exhibition expedition rebellion uprising",
    "craft": "spacecraft rover probe lander satellite orbiter telescope rocket shuttle capsule module ship "
    "vessel submarine yacht ferry liner warship frigate boat aircraft plane jet airliner helicopter drone "
    "mission wreck cog galleon",
    "work": "journal magazine newspaper book film album novel opera song poem painting podcast "
    "brand shop pub "
    "restaurant café programme program project act theory code method effect law principle "
    "equation manuscript scrolls "
    "stone formation scale disease syndrome virus fever protein gene process",
}
# What a name's first word tells: its kind, and the noun that asks for it.
PREFIX_NOUNS = {
    **dict.fromkeys(word_set("Mount Mt Monte Mont Piz Ben"), ("place", "mountain")),
    "River": ("place", "river"),
    **dict.fromkeys(word_set("Lake Lago Lac Loch"), ("place", "lake")),
    **dict.fromkeys(
        word_set("Cape Fort Port Isle Gulf Rio Río San Santa São St Saint Punta Puerto Porto"),
        ("place", "place"),
    ),
    **dict.fromkeys(
        word_set(
            "Real Inter Sporting Athletic Atlético Atletico Borussia Bayern Racing Dynamo Olympique AC FC"
        ),
        ("organisation", "club"),
    ),
    **dict.fromkeys(word_set("Ligue Serie Bundesliga Liga Premier Division Formula"), ("name", "league")),
    **dict.fromkeys(word_set("HMS RMS USS SS MV RRS MS"), ("name", "ship")),
}
OF_HEADS = word_set(
    "Origin Origins History Story Tale Art Theory Age University Bay Gulf Isle Museum Bank "
    "Institute Ministry Department Battle Sea Strait House Church Tower City "
    "Republic Kingdom States Temple Valley Duke Duchess Bishop Archbishop Prince Princess Earl "
    "Society Academy "
    "College School Royal Council Court Federation Association Treaty Siege Straits Cape Port "
    "Cathedral Order "
    "Library Bank Faculty Centre Center Isles Straits Horn Dukes Tree Rock Mount Lake Firth Arc "
    "Temple Palace "
    "Hospital Office Sultanate Emirate Parliament Game Lord Star Heart Shroud Book Declaration Act "
    "Cup Tour Earl"
)
WIRES = word_set(
    "Reuters AP AFP BBC CNN PA Bloomberg Xinhua Getty Shutterstock Alamy Twitter Facebook "
    "Instagram YouTube TikTok "
    "WhatsApp Telegram LinkedIn Wikipedia Google"
)
NOT_NAMES = word_set(
    "January February March April May June July August September October November December Jan Feb "
    "Mar Apr Jun Jul "
    "Aug Sep Sept Oct Nov Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas "
    "Easter God I Mr Mrs "
    "Ms Dr Prof GMT BST UTC CET EST PST AD BC BCE CE DNA RNA CEO TV PC UV AI IT OK PhD GDP "
    "Internet Celsius Fahrenheit "
    "Celcius CO2 Latin North South East West Northern Southern Eastern Western Covid Spring Summer Autumn "
    "Winter Act English MP MPs GPS X-ray VAR"
)
SPACE_WORDS = word_set(
    "spacecraft rover probe lander satellite orbiter telescope rocket shuttle capsule module "
    "mission astronauts "
    "astronaut orbit lunar"
)


@cache
def countries() -> dict[str, str]:
    """Return every spelling of a country's name, to the spelling used for the answer."""
    names: dict[str, str] = {}
    for entry in _COUNTRIES.replace("\n", "").split(";"):
        spellings = entry.split("|")[0].split(",")
        for spelling in spellings:
            names[spelling] = spellings[0] if spelling.isupper() or len(spellings) < 3 else spelling
    names |= {"US": "United States", "USA": "United States", "UK": "United Kingdom", "Britain": "Britain"}
    return names


@cache
def demonyms() -> dict[str, str]:
    """Return each demonym to its country ("Danish" to "Denmark")."""
    names = {}
    for entry in _COUNTRIES.replace("\n", "").split(";"):
        spellings, _, people = entry.partition("|")
        for word in filter(None, people.split(",")):
            names[word] = spellings.split(",")[0]
    return names


def _names(table: str) -> frozenset[str]:
    return frozenset(name.strip() for name in table.replace("\n", "").split(",") if name.strip())


CITIES = _names(_CITIES)
REGIONS = _names(_REGIONS)
STATES = _names(_STATES)
CELESTIAL = _names(_CELESTIAL)
PERIODS = _names(_PERIODS)
FIRST_NAMES = frozenset(_FIRST_NAMES.split())
WOMEN = word_set(
    "Abigail Aisha Alexandra Alice Alison Amanda Amelia Amina Amy Ana Angela Anita Anjali Ann Anna Anne "
    "Annika "
    "Anya Asha Astrid Aya Barbara Beatrice Brenda Camille Carla Carmen Carol Caroline Catherine Cecilia "
    "Charlotte Chiara Chloe Christina Christine Claire Clara Claudia Daniela Danielle Deborah Diana Dorothy "
    "Eleanor Elena Elizabeth Ella Ellen Elsa Emily Emma Eva Evelyn Ewa Fatima Fiona Frances Francesca Freya "
    "Giulia Hannah Harriet Heather Helen Helena Ingrid Irene Isabel Isabella Isla Jane Janet Jennifer "
    "Jessica "
    "Joan Joanna Judith Julia Julie Karen Karin Kate Katherine Kathryn Katie Kirsten Laura Lauren Leila "
    "Leonie "
    "Lily Linda Lisa Louise Lucia Lucy Margaret Maria Marie Marina Marit Martha Martina Mary Maya Melissa "
    "Michelle Mona Monica Nadia Naomi Natalia Natalie Natasha Nia Nicole Nina Nora Olga Olivia Pamela "
    "Patricia "
    "Paula Pauline Petra Priya Rachel Rebecca Rosa Rosie Ruth Sakura Sally Samantha Sandra Sara Sarah Sharon "
    "Sofia Sonia Sophia Sophie Stella Stephanie Sue Susan Suzanne Sylvia Tamara Tanya Tara Teresa "
    "Theresa Tina "
    "Ursula Valentina Vanessa Vera Victoria Wendy Yasmin Zara Zoe Hanna Effie Rhona Maja Ines Ivana Jelena "
    "Katarina Elif Leyla Ngozi Nomsa Hana Aiko Neha Pooja Ananya Sofie Lotte Freja Niamh Siobhan Aoife Agnes "
    "Bridget Grace Amara Mei Cleopatra Dana Miriam Ada Agatha Augusta Bertha Doris Edith Elsie Esther Ethel "
    "Florence Gertrude Greta Hilda Ida Josephine Mabel Marta Matilda Mildred Rosalind Sabine Theodora "
    "Winifred"
)
_EITHER = word_set(
    "Alex Andrea Chen Chris Jan Jean Jin Jun Kelly Kim Lee Li Ming Min Milan Nicola Nikola Ren "
    "Robin Sam Simone Soo Tracy Wang Wei Wen Xiao Yang Yuki Zhang Jo Louis Laurent Dawn Gabriele Obi "
    "Uma Hiroshi"
)
FIRST_NAMES |= WOMEN - {"Florence", "Augusta"}
MEN = (FIRST_NAMES - WOMEN - _EITHER) | word_set(
    "Leonard Otto Emil Josef Ernest Herbert Franz Ludwig Rudolf Werner Heinrich Friedrich Wilhelm Georg "
    "Jakob "
    "Tobias Anton Viktor Igor Oleg Pavel Mikhail Alexei Sergey Stanley Arnold Howard Leopold Konrad"
)
MONONYMS = _MONONYMS


@cache
def suffix_kinds() -> dict[str, str]:
    """Return each word that ends or follows a name of one kind, to that kind."""
    return {word: kind for kind, words in SUFFIX_KINDS.items() for word in words.split()}
