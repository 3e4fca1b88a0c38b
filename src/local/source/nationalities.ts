/**
 * Names, places and number formats of the nationalities that the bundled source knows. All of it is made up or common:
 * no list of real people was used. In a format, # is a digit and ? a capital letter.
 */

/** What is typical of one country. */
export type Nationality = {
  readonly nat: string
  readonly country: string
  readonly male: readonly string[]
  readonly female: readonly string[]
  readonly last: readonly string[]
  readonly streets: readonly string[]
  /** City and state. */
  readonly cities: readonly (readonly [city: string, state: string])[]
  /** A format gives a string; a pair gives a number within it, both ends included. */
  readonly postcode: string | readonly [from: number, to: number]
  readonly phone: string
  readonly cell: string
  /** Name and format of the country's identity number; null when it has none to show. */
  readonly id: readonly [name: string, format: string] | null
}

const words = (text: string) => text.split(', ')
const cities = (text: string) => text.split('; ').map((pair) => pair.split(' / ') as [string, string])

export const nationalities: readonly Nationality[] = [
  {
    nat: 'BR',
    country: 'Brazil',
    male: words('João, Antônio, Caetano, Davi, Estêvão, Heitor, Murilo, Otávio'),
    female: words('Conceição, Bárbara, Cecília, Helena, Íris, Lívia, Luísa, Verônica'),
    last: words("Araújo, Brandão, Conceição, Gonçalves, Magalhães, Nóbrega, Sant'Anna, Teixeira, Vilaça"),
    streets: words('Rua das Acácias, Rua São João, Avenida Brasil, Travessa da Praia, Rua Treze de Maio'),
    cities: cities('Maceió / Alagoas; Uberlândia / Minas Gerais; São Luís / Maranhão; Niterói / Rio de Janeiro'),
    postcode: [10_000, 99_999],
    phone: '(##) ####-####',
    cell: '(##) 9####-####',
    id: ['CPF', '###.###.###-##'],
  },
  {
    nat: 'CA',
    country: 'Canada',
    male: words('Étienne, Liam, Noah, Owen, Samuel, Théo, William, Zachary'),
    female: words('Amélie, Charlotte, Chloé, Emma, Maëlle, Olivia, Rosalie, Zoë'),
    last: words("Bélanger, Chan, Gagné, Lévesque, MacDonald, O'Brien, Singh, St-Pierre, Tremblay"),
    streets: words("Rue de l'Église, King Street, Lakeshore Road, Maple Avenue, Chemin du Nord"),
    cities: cities(
      "Trois-Rivières / Québec; Halifax / Nova Scotia; St. John's / Newfoundland; Kelowna / British Columbia",
    ),
    postcode: '?#? #?#',
    phone: '###-###-####',
    cell: '###-###-####',
    id: ['SIN', '#########'],
  },
  {
    nat: 'DE',
    country: 'Germany',
    male: words('Björn, Emil, Jonas, Jürgen, Lukas, Matthäus, Sören, Till'),
    female: words('Änne, Clara, Grete, Käthe, Lena, Mareike, Ursula, Zoë'),
    last: words('Bäcker, Groß, Hölzer, Köhler, Lindgrün, Müller-Lüdenscheid, Schön, von der Heide, Weiß'),
    streets: words('Am Mühlbach, Bahnhofstraße, Birkenweg, Große Gasse, Schulstraße, Zur Alten Brücke'),
    cities: cities('Görlitz / Sachsen; Münster / Nordrhein-Westfalen; Lübeck / Schleswig-Holstein; Würzburg / Bayern'),
    postcode: [10_115, 99_998],
    phone: '0###-#######',
    cell: '017#-#######',
    id: ['SVNR', '## ###### ? ###'],
  },
  {
    nat: 'ES',
    country: 'Spain',
    male: words('Álvaro, Andrés, Iñaki, Íñigo, Jesús, Martín, Óscar, Rubén'),
    female: words('Begoña, Inés, Jimena, Lucía, Nuria, Sofía, Úrsula, Xènia'),
    last: words('Benítez, Castaño, Echeverría, Ibáñez, Muñoz, Núñez, Peñalver, Sáez, Yáñez'),
    streets: words('Calle Mayor, Calle del Peñón, Avenida de la Constitución, Paseo Marítimo, Plaza de España'),
    cities: cities('A Coruña / Galicia; Cádiz / Andalucía; Logroño / La Rioja; Mérida / Extremadura'),
    postcode: [10_001, 52_006],
    phone: '9##-###-###',
    cell: '6##-###-###',
    id: ['DNI', '########-?'],
  },
  {
    nat: 'FR',
    country: 'France',
    male: words('Aurélien, Benoît, François, Jérôme, Léo, Loïc, Noël, Raphaël'),
    female: words('Anaïs, Céleste, Éloïse, Inès, Maëva, Noémie, Solène, Zoé'),
    last: words("Béranger, Castel, D'Aubigny, Dupré, Lefèvre, L'Hôte, Marchand, Noël, Rivière"),
    streets: words("Rue de l'Abbé, Rue du Château, Avenue de la République, Place de l'Étoile, Quai des Brumes"),
    cities: cities(
      'Besançon / Doubs; Nîmes / Gard; Orléans / Loiret; Saint-Étienne / Loire; Aix-en-Provence / Provence',
    ),
    postcode: [10_000, 95_880],
    phone: '0#-##-##-##-##',
    cell: '06-##-##-##-##',
    id: ['INSEE', '############# ##'],
  },
  {
    nat: 'GB',
    country: 'United Kingdom',
    male: words('Alfie, Callum, Euan, Gareth, Harry, Oliver, Rhys, Siôn'),
    female: words('Bronwyn, Elsie, Freya, Grace, Imogen, Isla, Morag, Siân'),
    last: words("Ashworth, Blackwood, D'Arcy, Fairclough, Llewellyn, MacLeod, O'Hara, Pryce, Thistlewood"),
    streets: words("Church Lane, High Street, King's Road, Mill Hill, Queensway, St. Andrew's Crescent"),
    cities: cities("Bangor / Gwynedd; Durham / County Durham; King's Lynn / Norfolk; Perth / Perth and Kinross"),
    postcode: '?## #??',
    phone: '01### ######',
    cell: '07###-###-###',
    id: ['NINO', '?? ## ## ## ?'],
  },
  {
    nat: 'IE',
    country: 'Ireland',
    male: words('Cathal, Ciarán, Eoin, Fionn, Oisín, Pádraig, Seán, Tadhg'),
    female: words('Aoife, Caoimhe, Gráinne, Niamh, Órla, Róisín, Sadhbh, Sinéad'),
    last: words("Fitzgerald, Kavanagh, Ó Briain, O'Connor, O'Neill, O'Sullivan, Ní Dhomhnaill, Redmond, Walsh"),
    streets: words("Abbey Street, Patrick's Quay, O'Connell Street, The Green, Tara Road"),
    cities: cities('Dún Laoghaire / Dublin; Ennis / Clare; Letterkenny / Donegal; Tralee / Kerry'),
    postcode: '?## ?#?#',
    phone: '0#1-###-####',
    cell: '081-###-####',
    id: ['PPS', '#######??'],
  },
  {
    nat: 'IN',
    country: 'India',
    male: words('आरव, ईशान, कबीर, देवेन्द्र, नील, रोहन, विक्रम, Arjun'),
    female: words('अनन्या, काव्या, दिया, नेहा, प्रिया, मीरा, सान्वी, Lakshmi'),
    last: words('अय्यर, कपूर, चौधरी, जोशी, नायर, पटेल, मेहता, शर्मा, सिंह'),
    streets: words('महात्मा गांधी मार्ग, स्टेशन रोड, लाल बाग, नेहरू नगर, Brigade Road'),
    cities: cities('इंदौर / मध्य प्रदेश; जयपुर / राजस्थान; नागपुर / महाराष्ट्र; मैसूर / कर्नाटक; लखनऊ / उत्तर प्रदेश'),
    postcode: [110_001, 855_117],
    phone: '##########',
    cell: '9#########',
    id: ['UIDAI', '############'],
  },
  {
    nat: 'IR',
    country: 'Iran',
    male: words('آرمان, امیرعلی, بهرام, پارسا, دانیال, سینا, کیان, مهدی'),
    female: words('آیناز, پریا, ثنا, رها, سارا, فاطمه, مهسا, نازنین'),
    last: words('احمدی, جعفری, حسینی, رستمی, سلطانی‌نژاد, کریمی, گلستانی, موسوی, یزدانی'),
    streets: words('خیابان آزادی, خیابان بهار, کوچه شهید, میدان امام, بلوار کشاورز'),
    cities: cities('اصفهان / اصفهان; تبریز / آذربایجان شرقی; شیراز / فارس; کرمان / کرمان; یزد / یزد'),
    postcode: [10_000, 99_999],
    phone: '0##-########',
    cell: '09##-###-####',
    id: null,
  },
  {
    nat: 'NL',
    country: 'Netherlands',
    male: words('Bram, Daniël, Floris, Joost, Koen, Loïs, Matthijs, Sjoerd'),
    female: words('Anouk, Eefje, Fenna, Geeske, Lotte, Noëlle, Sanne, Zoë'),
    last: words("de Groot, den Ouden, Hoekstra, in 't Veld, ter Horst, van 't Hof, van der Meer, Wijnands, IJzerman"),
    streets: words("'s-Gravelandseweg, Dorpsstraat, Het IJ, Kerkplein, Prinsengracht, Zuiderzeelaan"),
    cities: cities("'s-Hertogenbosch / Noord-Brabant; Hoorn / Noord-Holland; Sneek / Friesland; Zwolle / Overijssel"),
    postcode: '#### ??',
    phone: '(0###) ######',
    cell: '(06) ########',
    id: ['BSN', '########'],
  },
  {
    nat: 'NO',
    country: 'Norway',
    male: words('Asbjørn, Bård, Eirik, Håkon, Kåre, Øystein, Sverre, Tørres'),
    female: words('Åse, Gunnhild, Ingrid, Kjærsti, Märta, Øydis, Solveig, Tuva'),
    last: words('Aas, Bråten, Dæhli, Fjørtoft, Hægeland, Løvås, Nygård, Ødegaard, Strømsnes'),
    streets: words('Bjørnebærstien, Fjellveien, Kirkegata, Ødegårdsveien, Storgata'),
    cities: cities('Ålesund / Møre og Romsdal; Bodø / Nordland; Tromsø / Troms; Hønefoss / Viken'),
    postcode: '####',
    phone: '########',
    cell: '4#######',
    id: ['FN', '###########'],
  },
  {
    nat: 'RS',
    country: 'Serbia',
    male: words('Александар, Бошко, Вук, Ђорђе, Милош, Немања, Стефан, Ђурађ'),
    female: words('Ана, Бојана, Драгана, Љубица, Милица, Њежа, Теодора, Јелена'),
    last: words('Антић, Бајић, Вучковић, Ђурић, Живковић, Милошевић, Пантић, Чолић, Џакић'),
    streets: words('Кнез Михаилова, Цара Душана, Његошева, Улица Липа, Балканска'),
    cities: cities('Ниш / Нишавски округ; Нови Сад / Јужна Бачка; Ваљево / Колубара; Чачак / Моравица'),
    postcode: [11_000, 38_430],
    phone: '0##-####-###',
    cell: '06#-####-###',
    id: ['SID', '#########'],
  },
  {
    nat: 'TR',
    country: 'Turkey',
    male: words('Çağrı, Emre, Görkem, İlker, Kaan, Oğuz, Şükrü, Ümit'),
    female: words('Ayşe, Buğlem, Çiğdem, Defne, Gülşah, İpek, Şebnem, Zeynep'),
    last: words('Akgül, Çetin, Doğan, Erbuğa, Gümüş, Işık, Öztürk, Şimşek, Yıldırım'),
    streets: words('Atatürk Caddesi, Çiçek Sokak, İstiklal Caddesi, Şehitler Yolu, Gül Sokak'),
    cities: cities(
      'Çanakkale / Çanakkale; Diyarbakır / Diyarbakır; İzmir / İzmir; Muğla / Muğla; Şanlıurfa / Şanlıurfa',
    ),
    postcode: [10_000, 81_999],
    phone: '(###)-###-####',
    cell: '(5##)-###-####',
    id: null,
  },
  {
    nat: 'UA',
    country: 'Ukraine',
    male: words('Андрій, Богдан, Євген, Ігор, Максим, Остап, Тарас, Ярослав'),
    female: words('Дарина, Єва, Злата, Ївга, Мар’яна, Оксана, Соломія, Ярина'),
    last: words('Бойченко, Гнатюк, Ґонта, Коваленко, Лук’яненко, Мельниченко, Пилипів, Стельмах, Ющенко'),
    streets: words('вулиця Лесі Українки, вулиця Шевченка, проспект Миру, Набережна, площа Ринок'),
    cities: cities(
      'Кам’янець-Подільський / Хмельницька; Львів / Львівська; Харків / Харківська; Чернівці / Чернівецька',
    ),
    postcode: [10_001, 99_999],
    phone: '(0##) ?##-####',
    cell: '(09#) ###-####',
    id: null,
  },
  {
    nat: 'US',
    country: 'United States',
    male: words("Andre, Carlos, D'Andre, Ethan, Jackson, José, Marcus, Tyler"),
    female: words("Abigail, Brianna, Harper, Imani, María, Nevaeh, Sophia, T'Keyah"),
    last: words("D'Angelo, Garcia, Holloway, Kowalski, McAllister, Nguyen, O'Donnell, Reyes-Cruz, Whitaker"),
    streets: words("Cedar Street, Dogwood Lane, Elm Avenue, Martin Luther King Jr. Boulevard, O'Hare Road"),
    cities: cities("Boise / Idaho; Coeur d'Alene / Idaho; El Paso / Texas; Española / New Mexico; Savannah / Georgia"),
    postcode: [10_001, 99_950],
    phone: '(###) ###-####',
    cell: '(###) ###-####',
    id: ['SSN', '###-##-####'],
  },
]
